/* Numbers from the front of a text. */
#include "engram/parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool parse_integer(const char **text, uint64_t max, uint64_t *value) {
    const size_t length = strspn(*text, "0123456789");
    if (length == 0 || (**text == '0' && length > 1))
        return false;
    errno = 0;
    *value = strtoull(*text, NULL, 10);
    *text += length;
    return errno == 0 && *value <= max; /* fewer than 2^64 */
}

bool parse_labels(const char **text, bool labels[256], int *twice) {
    memset(labels, 0, 256 * sizeof *labels);
    *twice = -1;
    for (;; ++*text) {
        uint64_t label;
        if (!parse_integer(text, 255, &label))
            return false;
        if (labels[label])
            *twice = (int)label;
        labels[label] = true;
        if (**text != ',')
            return true;
    }
}

bool parse_shape(const char *text, char between, uint64_t *rows, uint64_t *cols) {
    return parse_integer(&text, UINT64_MAX, rows) && *text++ == between &&
           parse_integer(&text, UINT64_MAX, cols) && *text == '\0';
}
