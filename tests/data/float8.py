# Writes float8.tsv: what each byte is in the 8-bit floats. Not from bits, but by counting up: m bits of
# fraction make 2^m steps from a power of two to the next, each binade's steps twice as wide as those of
# the one before, but the first two alike (subnormals); the negative half mirrors the positive one. Then
# the specials of OFP8 (rev. 1.0, tables 1 and 2) and of the FNUZ kinds; checked by the extremes given there.

def count_up(fraction_bits, smallest):
    numbers, step = [0.0], smallest  # sums of so few bits are exact
    while len(numbers) < 128:
        numbers.append(numbers[-1] + step)
        if (len(numbers) - 1) % 2**fraction_bits == 0 and len(numbers) - 1 > 2**fraction_bits:
            step *= 2
    return numbers

def table(fraction_bits, smallest, specials):
    half = count_up(fraction_bits, smallest)
    return [specials.get(b, half[b % 128] * (-1.0 if b > 127 else 1.0)) for b in range(256)]

nan, inf = float("nan"), float("inf")
formats = {
    "F8_E4M3": table(3, 2.0**-9, {0x7F: nan, 0xFF: nan}),
    "F8_E5M2": table(2, 2.0**-16, {0x7C: inf, 0xFC: -inf, **{s | b: nan for s in (0, 0x80) for b in (0x7D, 0x7E, 0x7F)}}),
    "F8_E4M3FNUZ": table(3, 2.0**-10, {0x80: nan}),
    "F8_E5M2FNUZ": table(2, 2.0**-17, {0x80: nan}),
    "F8_E8M0": [2.0**(b - 127) for b in range(255)] + [nan],
}
for name, normal, largest in [("F8_E4M3", 2.0**-6, 448), ("F8_E5M2", 2.0**-14, 57344), ("F8_E4M3FNUZ", 2.0**-7, 240),
                              ("F8_E5M2FNUZ", 2.0**-15, 57344), ("F8_E8M0", 2.0**-127, 2.0**127)]:
    finite = [x for x in formats[name] if abs(x) < inf]
    assert max(finite) == largest and normal in finite, name
print("byte", *formats, sep="\t")
for b in range(256):
    print(f"{b:02x}", *(repr(x) for x in (t[b] for t in formats.values())), sep="\t")
