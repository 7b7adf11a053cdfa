/* error.h and escape.h: nothing a terminal would obey comes through, and no reason is lost behind a
 * long name. */
#include "engram/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"
#include "support.h"

/* What others write, as an error says it and as a table shows it. */
static const struct {
    const char *text, *cleaned, *escaped;
} cases[] = {
    {"plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80",
     "plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80",
     "plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80"},
    {"\x1b[2J\a\n\r\t\b\x7f", "?[2J??????", "\\u001b[2J\\u0007\\n\\r\\t\\b\\u007f"},
    {"\"q\\", "\"q\\", "\\\"q\\\\"},
    {"\x01\x1f ~\x7f", "?? ~?", "\\u0001\\u001f ~\\u007f"},
    {"\xc2\x9b 31m\xc2\x80\xc2\x9f\xc2\xa0", "? 31m??\xc2\xa0",
     "\\u009b 31m\\u0080\\u009f\xc2\xa0"},
    {"a\xe2\x80\xaetxt.exe\xe2\x80\xac", "a?txt.exe?", "a\\u202etxt.exe\\u202c"},
    {"\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xad", "???", "\\u202a\\u202b\\u202d"},
    {"\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", "????", "\\u2066\\u2067\\u2068\\u2069"},
    {"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "???", "\\u200e\\u200f\\u061c"},
    {"\xe2\x80\xa8\xe2\x80\xa9", "??", "\\u2028\\u2029"},
    {"\xe2\x81\xaa\xe2\x81\xaf", "??", "\\u206a\\u206f"},
    /* Beside those. */
    {"\xe2\x80\x8d\xe2\x80\x90\xd8\x9b\xd8\x9d", "\xe2\x80\x8d\xe2\x80\x90\xd8\x9b\xd8\x9d",
     "\xe2\x80\x8d\xe2\x80\x90\xd8\x9b\xd8\x9d"},
    {"\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xb0",
     "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xb0",
     "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xb0"},
    /* The first and the last of each length, and beside the surrogates. */
    {"\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80",
     "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80",
     "\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80"},
    /* No UTF-8: bytes alone, cut characters, overlong forms, a surrogate, beyond U+10FFFF. */
    {"\x9b"
     "31m\xff\x80",
     "?31m??", "\\x9b31m\\xff\\x80"},
    {"\xe2\x80", "??", "\\xe2\\x80"},
    {"\xf0\x9f\x98x", "???x", "\\xf0\\x9f\\x98x"},
    {"\xc1\x9b\xc0\x80", "????", "\\xc1\\x9b\\xc0\\x80"},
    {"\xe0\x80\x9b", "???", "\\xe0\\x80\\x9b"},
    {"\xc1\xbf", "??", "\\xc1\\xbf"},
    {"\xe0\x9f\xbf", "???", "\\xe0\\x9f\\xbf"},
    {"\xf0\x8f\xbf\xbf", "????", "\\xf0\\x8f\\xbf\\xbf"},
    {"\xf8\x90\x80\x80", "????", "\\xf8\\x90\\x80\\x80"},
    {"\xed\xa0\x80", "???", "\\xed\\xa0\\x80"},
    {"\xed\xbf\xbf", "???", "\\xed\\xbf\\xbf"},
    {"\xf4\x90\x80\x80", "????", "\\xf4\\x90\\x80\\x80"},
    /* The ends of what there is: U+0800, U+D7FF, U+E000, U+10000, U+10FFFF; and beside them. */
    {"\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
     "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
     "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"\xc1\xbf\xe0\x9f\xbf\xed\xbf\xbf\xf0\x8f\xbf\xbf", "????????????",
     "\\xc1\\xbf\\xe0\\x9f\\xbf\\xed\\xbf\\xbf\\xf0\\x8f\\xbf\\xbf"},
};

__attribute__((format(printf, 2, 3))) static int set(struct error *error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int result = error_vset(error, format, args);
    va_end(args);
    return result;
}

static void test_harmless(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error;
        assert_int_equal(error_set(&error, "%s", cases[i].text), -1);
        assert_string_equal(error.text, cases[i].cleaned);
        assert_int_equal(set(&error, "%s", cases[i].text), -1);
        assert_string_equal(error.text, cases[i].cleaned);
        errno = ENOENT;
        assert_int_equal(error_errno(&error, "%s", cases[i].text), -1);
        support_assert_error(&error, cases[i].cleaned, "No such file or directory");
        char text[128], piece[ESCAPE_SIZE];
        const char *at = cases[i].text;
        size_t used = 0;
        for (size_t length; (length = escape_next(&at, piece)) > 0; used += length)
            memcpy(text + used, piece, length);
        text[used] = '\0';
        assert_string_equal(text, cases[i].escaped);
    }
}

/* A text of `size` bytes: the file `first`, `fill` again and again, `last`. */
static char *long_text(size_t size, const char *first, const char *fill, const char *last) {
    char *text = malloc(size + 1);
    assert_non_null(text);
    size_t used = strlen(first);
    memcpy(text, first, used);
    while (used + strlen(fill) + strlen(last) <= size) {
        memcpy(text + used, fill, strlen(fill));
        used += strlen(fill);
    }
    memcpy(text + used, last, strlen(last) + 1);
    return text;
}

/* The reason follows the name whole, whatever the length of the name; what is left of it is both
 * its ends, in whole characters. */
static void test_long_names(void **state) {
    (void)state;
    static const char *const fills[] = {"x",    "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                        "\x9b", "\x80"};
    for (size_t i = 0; i < COUNT(fills); i++)
        for (size_t size = 100; size < 200000; size += size < 30000 ? 1009 : 40009) {
            char *name = long_text(size, "first/", fills[i], "/last");
            struct error error;
            errno = ENAMETOOLONG;
            error_errno(&error, "%s", name);
            assert_memory_equal(error.text, "first/", 6);
            static const char end[] = "/last: File name too long";
            assert_true(strlen(error.text) > sizeof end);
            assert_string_equal(error.text + strlen(error.text) - strlen(end), end);
            const bool good = strlen(fills[i]) > 1 || *fills[i] == 'x';
            assert_true(!good || strchr(error.text, '?') == NULL);
            const bool whole = strncmp(error.text, name, strlen(name)) == 0;
            assert_true(!good || whole == (strstr(error.text, "...") == NULL));
            assert_true(!good || whole || strlen(name) > 16384);
            error_set(&error, "%s: is %dx%d here, %dx%d in %s", "a", 100, 784, 784, 100, name);
            assert_memory_equal(error.text, "a: is 100x784 here, 784x100 in first/", 37);
            assert_string_equal(error.text + strlen(error.text) - 5, "/last");
            free(name);
        }
}

/* Up to 256 bytes are left for the reason: what is longer than the others loses its middle, to the
 * byte or character. */
static void test_cut(void **state) {
    (void)state;
    enum { ROOM = ERROR_TEXT - 256 };
    static const char *const fills[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i < COUNT(fills); i++)
        for (size_t size = ROOM - 2; size < ROOM + 6; size++) {
            const size_t width = strlen(fills[i]), head = ROOM / 2 / width * width;
            const size_t tail = (size - (ROOM - ROOM / 2 - 4) + width - 1) / width * width;
            char *name = long_text(size, "", fills[i], &"yyy"[3 - size % width]), expected[ROOM];
            struct error error;
            error_set(&error, "%s", name);
            if (size < ROOM)
                strcpy(expected, name);
            else
                snprintf(expected, sizeof expected, "%.*s...%s", (int)head, name, name + tail);
            assert_string_equal(error.text, expected);
            free(name);
        }
}

/* What is short once it is harmless is not cut. */
static void test_long_and_harmful(void **state) {
    (void)state;
    char *name = long_text(ERROR_TEXT, "a", "\xe2\x80\xae", "b");
    struct error error;
    error_set(&error, "%s", name);
    const size_t length = strlen(error.text);
    assert_int_equal(length, strlen(name) / 3 + 2);
    assert_true(error.text[0] == 'a' && error.text[length - 1] == 'b');
    assert_int_equal(strspn(error.text + 1, "?"), length - 2);
    free(name);
}

/* The digest is FNV-1a of 32 bits, by another program; of 14 bytes or fewer it is cut. */
static void test_fitted(void **state) {
    (void)state;
    static const struct {
        size_t size;
        const char *text;
    } known[] = {{100, "abcdefghijklmnopqrstuvwxyz"},
                 {27, "abcdefghijklmnopqrstuvwxyz"},
                 {26, "abcde...b0bc0c82...uvwxyz"},
                 {17, "a...b0bc0c82...z"},
                 {16, "...b0bc0c82...z"},
                 {15, "...b0bc0c82..."},
                 {14, "...b0bc0c82.."},
                 {2, "."},
                 {1, ""}};
    for (size_t i = 0; i < COUNT(known); i++) {
        char *text = malloc(known[i].size); /* no more, for the sanitizers to watch */
        assert_non_null(text);
        escape_fit("abcdefghijklmnopqrstuvwxyz", text, known[i].size);
        assert_string_equal(text, known[i].text);
        free(text);
    }
    /* Whole characters are left: a half of 6 bytes has room for one that is escaped, one of 5 not.
     */
    char both[27], last[26];
    escape_fit("\x1b"
               "bcdefghijklmnopqrstuvwxy\x1b",
               both, sizeof both);
    escape_fit("\x1b"
               "bcdefghijklmnopqrstuvwxy\x1b",
               last, sizeof last);
    assert_string_equal(both, "\\u001b...8bb6219b...\\u001b");
    assert_string_equal(last, "...8bb6219b...\\u001b");
}

/* Four paths of the longest there are. */
static void test_four_paths(void **state) {
    (void)state;
    char *name = long_text(4095, "/", "d/", "name");
    struct error error;
    error_set(&error, "%s: is 1 here, 2 in %s, 3 in %s, 4 in %s", name, name, name, name);
    char *expected = NULL;
    assert_true(asprintf(&expected, "%s: is 1 here, 2 in %s, 3 in %s, 4 in %s", name, name, name,
                         name) > 16384);
    assert_string_equal(error.text, expected);
    free(expected);
    free(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_harmless), cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_cut),      cmocka_unit_test(test_long_and_harmful),
        cmocka_unit_test(test_fitted),   cmocka_unit_test(test_four_paths),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
