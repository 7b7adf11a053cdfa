/* Samples are read to their end. */
#include "engram/samples.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const bool through_pipe = fuzz_byte(&first) & 1;
    struct fuzz_file source;
    struct samples samples;
    struct error error;
    fuzz_open(&source, rest, through_pipe);
    if (samples_open(&samples, source.path, &error) == 0) {
        const uint8_t *image;
        uint8_t label;
        unsigned sum = 0; /* so that every byte is read */
        while (samples_next(&samples, &image, &label, &error) == 1)
            for (size_t i = 0; i < samples.rows * samples.cols; i++)
                sum += image[i] ^ label;
        fuzz_check(sum <= size * 255, "no more than has arrived");
        samples_close(&samples);
    }
    fuzz_close(&source);
    return 0;
}
