/* The nearest name is the one with the fewest letters to add, drop or change, at most two; upper
 * and lower case are alike. */
#include "engram/names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engram/escape.h"

enum { LONGEST = 32, NEAR = 2 }; /* a longer name is near none */

static const char *name_of(const struct names *names, size_t i) {
    return *(const char *const *)(const void *)((const char *)names->rows + i * names->row_size);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters have to be added, dropped or changed (V. Levenshtein, 1966). */
static size_t distance(const char *a, const char *b) {
    const size_t length = strlen(b);
    size_t row[LONGEST + 1]; /* from what has been read of a to each beginning of b */
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (; *a != '\0'; a++) {
        size_t before = row[0]++;
        for (size_t j = 1; j <= length; j++) {
            const size_t same = tolower((unsigned char)*a) == tolower((unsigned char)b[j - 1]);
            const size_t changed = before + (same ? 0 : 1);
            before = row[j];
            row[j] = least(changed, least(row[j - 1], row[j]) + 1);
        }
    }
    return row[length];
}

/* NULL if none is near. */
static const char *nearest(const struct names *names, const char *name) {
    const char *best = NULL;
    size_t fewest = NEAR + 1;
    for (size_t i = 0; strlen(name) <= LONGEST && i < names->count; i++) {
        const char *known = name_of(names, i);
        const size_t far = strlen(known) <= LONGEST ? distance(name, known) : fewest;
        if (far < fewest) {
            fewest = far;
            best = known;
        }
    }
    return best;
}

/* Writes all names, `last` before the last. */
static void list(const struct names *names, const char *last, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < names->count && used < size; i++) {
        const char *between = i == 0 ? "" : i + 1 < names->count ? ", " : last;
        used += (size_t)snprintf(text + used, size - used, "%s%s", between, name_of(names, i));
    }
}

size_t names_find(const struct names *names, const char *name, struct error *error) {
    size_t i = 0;
    while (i < names->count && strcmp(name, name_of(names, i)) != 0)
        i++;
    if (i < names->count)
        return i;
    char given[64], known[256], hint[LONGEST + 8] = "";
    escape_fit(name, given, sizeof given);
    list(names, ", ", known, sizeof known);
    const char *near = nearest(names, name);
    if (near != NULL)
        snprintf(hint, sizeof hint, " (%s?)", near);
    error_set(error, "unknown %s '%s'%s; known: %s", names->what, given, hint, known);
    return i;
}

void names_list(const struct names *names, char *text, size_t size) {
    list(names, " or ", text, size);
}
