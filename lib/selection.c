/* Names are stripped in place, then sorted, then matched. */
#include "engram/selection.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "engram/escape.h"

const char *const selection_names[SELECTION_KINDS] = {
    [SELECTION_INCLUDE] = "include", [SELECTION_EXCLUDE] = "exclude", [SELECTION_STRIP] = "strip"};

static size_t count_rules(const struct st_selection *selection, enum selection_kind kind) {
    size_t count = 0;
    for (size_t r = 0; r < selection->rules; r++)
        count += selection->rule[r].kind == kind;
    return count;
}

/* --- prefixes --------------------------------------------------------------------------------- */

static void strip(struct st_selection *selection, struct st_tensor *tensor) {
    for (size_t r = 0; r < selection->rules; r++) {
        struct selection_rule *rule = &selection->rule[r];
        const size_t length = strlen(rule->text);
        if (rule->kind != SELECTION_STRIP || strncmp(tensor->name, rule->text, length) != 0 ||
            tensor->name[length] == '\0')
            continue;
        tensor->name += length;
        tensor->stripped = length;
        rule->used = true;
        return;
    }
}

/* Two names that have become one, in the order they had. */
static int same_name(const struct st_file *file, const struct st_tensor *s,
                     const struct st_tensor *t, struct error *error) {
    char first[256], second[256];
    const char *a = s->name - s->stripped, *b = t->name - t->stripped;
    const bool ordered = strcmp(a, b) < 0;
    escape_fit(ordered ? a : b, first, sizeof first);
    escape_fit(ordered ? b : a, second, sizeof second);
    return st_tensor_error(file, s->name, error, "--strip makes this of both \"%s\" and \"%s\"",
                           first, second);
}

static int strip_all(struct st_selection *selection, struct st_file *file, struct error *error) {
    for (size_t t = 0; t < file->tensors; t++)
        strip(selection, &file->tensor[t]);
    st_sort_names(file->tensor, file->tensors);
    for (size_t t = 1; t < file->tensors; t++)
        if (strcmp(file->tensor[t - 1].name, file->tensor[t].name) == 0)
            return same_name(file, &file->tensor[t - 1], &file->tensor[t], error);
    return 0;
}

/* --- patterns --------------------------------------------------------------------------------- */

/* Whether one of a kind matches; all that do are marked. */
static bool matches(struct st_selection *selection, enum selection_kind kind, const char *name) {
    bool any = false;
    for (size_t r = 0; r < selection->rules; r++) {
        struct selection_rule *rule = &selection->rule[r];
        if (rule->kind == kind && fnmatch(rule->text, name, 0) == 0)
            any = rule->used = true;
    }
    return any;
}

static int choose(struct st_selection *selection, struct st_file *file, struct error *error) {
    const bool every = count_rules(selection, SELECTION_INCLUDE) == 0;
    bool *out = calloc(file->tensors + 1, sizeof *out);
    if (out == NULL)
        return error_errno(error, "%s", file->input.name);
    for (size_t t = 0; t < file->tensors; t++) {
        const char *name = file->tensor[t].name;
        const bool included = matches(selection, SELECTION_INCLUDE, name) || every;
        out[t] = matches(selection, SELECTION_EXCLUDE, name) || !included;
    }
    const int result = st_leave_out(file, out, ST_NOT_CHOSEN, error);
    free(out);
    return result;
}

int selection_apply(struct st_selection *selection, struct st_file *file, struct error *error) {
    const size_t strips = count_rules(selection, SELECTION_STRIP);
    if (strips > 0 && strip_all(selection, file, error) != 0)
        return -1;
    return strips < selection->rules ? choose(selection, file, error) : 0;
}

int selection_check(const struct st_selection *selection, const char *files, size_t taken,
                    struct error *error) {
    for (size_t r = 0; r < selection->rules; r++) {
        const struct selection_rule *rule = &selection->rule[r];
        if (!rule->used)
            return error_set(error, "%s: no tensor's name %s --%s '%s'", files,
                             rule->kind == SELECTION_STRIP ? "begins as" : "matches",
                             selection_names[rule->kind], rule->text);
    }
    return selection->rules == 0 || taken > 0
               ? 0
               : error_set(error, "%s: no tensor is both included and not excluded", files);
}
