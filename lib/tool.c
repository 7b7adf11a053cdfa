/* One option table per program: read the command line from it, print the help from it. */
#include "engram/tool.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <limits.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engram/detmath.h"
#include "engram/io.h"
#include "engram/parallel.h"
#include "engram/parse.h"
#include "engram/version.h"

enum { KEY_HELP = 'h', KEY_VERSION = 1000, MAX_OPTIONS = 32 };

const struct tool_option tool_selection[] = {
    {TOOL_SELECTION + SELECTION_INCLUDE, "include", "GLOB", NULL,
     "take the tensors whose names match, and those of more --include"},
    {TOOL_SELECTION + SELECTION_EXCLUDE, "exclude", "GLOB", NULL,
     "leave out the tensors whose names match"},
    {TOOL_SELECTION + SELECTION_STRIP, "strip", "PREFIX", NULL,
     "take this off the names that begin so, before they are matched"},
    {0},
};

static size_t defaults; /* rows of the program's table whose defaults have been given */
static bool typed;      /* the last option */
static const struct tool *program;

/* A descriptor that was closed is opened such that using it is an error: otherwise the first file
 * would be standard output too. */
static void open_standard(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            struct error error;
            error_errno(&error, "/dev/null: cannot stand in for a closed descriptor");
            tool_fail(&error);
        }
}

/* For jansson, which on a failed allocation may go on with half a text. */
static void *allocate_for_json(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) {
        struct error error;
        error_errno(&error, "JSON");
        tool_fail(&error);
    }
    return memory;
}

void tool_start(const struct tool *tool) {
    program = tool;
    open_standard();
    json_set_alloc_funcs(allocate_for_json, free);
    /* Memory that is freed stays with the program: taking it anew costs small runs more than they
     * compute. But large arrays have pages of their own: there they grow, and leave no holes. */
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_ARENA_MAX, 1); /* and is every thread's */
    struct error error;
    if (det_self_test(&error) != 0)
        tool_fail(&error);
    defaults = 0; /* fuzzers start a program again and again */
    typed = false;
}

/* The options of a program one by one: its own, then those it shares; the one without a name ends
 * them. */
static const struct tool_option *option_at(size_t i) {
    size_t own = 0;
    while (own < i && program->options[own].name != NULL)
        own++;
    return program->selects && program->options[own].name == NULL ? &tool_selection[i - own]
                                                                  : &program->options[own];
}

static void print_option(int key, const char *name, const char *argument) {
    if (key < 256)
        printf("  -%c, --%s", key, name);
    else
        printf("      --%s", name);
    if (argument != NULL)
        printf("%s%s", *argument != '[' ? " " : "", argument);
    printf("\n        ");
}

static void print_help(void) {
    printf("Usage: %s %s\n%s\n\n", program->name, program->synopsis, program->summary);
    for (size_t i = 0; option_at(i)->name != NULL; i++) {
        const struct tool_option *o = option_at(i);
        print_option(o->key, o->name, o->argument);
        printf("%s", o->help);
        if (o->initial != NULL)
            printf(" [%s]", o->initial);
        printf("\n");
    }
    print_option(KEY_HELP, "help", NULL);
    printf("print this help\n");
    print_option(KEY_VERSION, "version", NULL);
    printf("print the version\n");
}

static _Noreturn void finish_stdout(void) {
    if (fflush(stdout) != 0) {
        struct error error;
        error_errno(&error, "<stdout>: cannot write");
        tool_fail(&error);
    }
    exit(0);
}

/* As in struct option. */
static int has_argument(const struct tool_option *o) {
    return o->argument == NULL   ? no_argument
           : *o->argument != '[' ? required_argument
                                 : optional_argument;
}

/* getopt's tables, made from the program's. */
static void make_tables(char *letters, struct option *longs) {
    *letters++ = ':';
    for (size_t i = 0; option_at(i)->name != NULL; i++) {
        const struct tool_option *o = option_at(i);
        *longs++ = (struct option){.name = o->name, .has_arg = has_argument(o), .val = o->key};
        if (o->key < 256) {
            *letters++ = (char)o->key;
            for (int colons = has_argument(o); colons > 0; colons--)
                *letters++ = ':';
        }
    }
    *longs++ = (struct option){.name = "help", .val = KEY_HELP};
    *longs++ = (struct option){.name = "version", .val = KEY_VERSION};
    *longs = (struct option){0};
    *letters++ = KEY_HELP;
    *letters = '\0';
}

static void check_operands(int argc, char **argv) {
    const size_t operands = (size_t)(argc - optind);
    if (operands < program->min_operands)
        tool_usage("missing operand");
    if (operands > program->max_operands)
        tool_usage("extra operand '%s'", argv[(size_t)optind + program->max_operands]);
    tool_one_standard_input((const char *const *)argv + optind, operands);
}

int tool_option(int argc, char **argv) {
    while (program->options[defaults].name != NULL) {
        const struct tool_option *o = &program->options[defaults++];
        if (o->initial != NULL) {
            optarg = (char *)o->initial; /* never written to */
            return o->key;
        }
    }
    typed = true;
    char letters[3 * MAX_OPTIONS + 3];
    struct option longs[MAX_OPTIONS + 3];
    make_tables(letters, longs);
    opterr = 0;
    const int before = optind;
    const int key = getopt_long(argc, argv, letters, longs, NULL);
    const char *word = argv[optind > before ? optind - 1 : before];
    switch (key) {
    case -1:
        check_operands(argc, argv);
        return -1;
    case ':':
        tool_usage("option %s needs an argument", tool_option_name(optopt));
    case '?':
        if (optopt == 0)
            tool_usage("unknown or ambiguous option '%s'", word);
        if (strncmp(word, "--", 2) == 0)
            tool_usage("option '%s' takes no argument", word);
        if (!isprint((unsigned char)optopt))
            tool_usage("unknown option '%s'", word);
        tool_usage("unknown option '-%c'", optopt);
    case KEY_HELP:
        print_help();
        finish_stdout();
    case KEY_VERSION:
        printf("%s (engram) %s\n", program->name, ENGRAM_VERSION);
        finish_stdout();
    default:
        return key;
    }
}

bool tool_option_typed(void) {
    return typed;
}

const char *tool_option_name(int key) {
    static char name[64];
    if (key < 256) {
        snprintf(name, sizeof name, "-%c", key);
        return name;
    }
    for (size_t i = 0; option_at(i)->name != NULL; i++)
        if (option_at(i)->key == key)
            snprintf(name, sizeof name, "--%s", option_at(i)->name);
    return name;
}

/* Reads a decimal number; not one so small that only zero is left of it. Returns what follows it,
 * or NULL. */
static const char *read_number(const char *text, double *value) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    const bool hexadecimal = memchr(text, 'x', (size_t)(end - text)) != NULL ||
                             memchr(text, 'X', (size_t)(end - text)) != NULL;
    const bool lost = errno == ERANGE && *value == 0;
    return end == text || isspace((unsigned char)*text) || hexadecimal || lost ? NULL : end;
}

double tool_double(int key, const char *text, double min, double max) {
    double value;
    const char *end = read_number(text, &value);
    if (end == NULL || *end != '\0')
        tool_usage("%s: '%s' is not a number", tool_option_name(key), text);
    if (!(value >= min && value <= max))
        tool_usage("%s: %s is not between %g and %g", tool_option_name(key), text, min, max);
    return value;
}

uint64_t tool_integer(int key, const char *text, uint64_t min, uint64_t max) {
    const size_t length = strlen(text);
    if (length == 0 || strspn(text, "0123456789") != length)
        tool_usage("%s: '%s' is not a whole number", tool_option_name(key), text);
    errno = 0;
    const unsigned long long value = strtoull(text, NULL, 10);
    if (errno != 0 || value < min || value > max)
        tool_usage("%s: %s is not between %llu and %llu", tool_option_name(key), text,
                   (unsigned long long)min, (unsigned long long)max);
    return value;
}

size_t tool_jobs(int key, const char *text) {
    enum { ENOUGH = 8 }; /* beyond, the memory's bandwidth is the limit */
    const uint64_t jobs = tool_integer(key, text, 0, PARALLEL_THREADS);
    const size_t processors = parallel_processors();
    return jobs > 0 ? (size_t)jobs : processors < ENOUGH ? processors : ENOUGH;
}

void tool_select(struct st_selection *selection, int key, const char *text) {
    if (selection->rules == SELECTION_MAX)
        tool_usage("more than %d of --include, --exclude and --strip", SELECTION_MAX);
    if (*text == '\0')
        tool_usage("%s: nothing to %s", tool_option_name(key),
                   key == TOOL_SELECTION + SELECTION_STRIP ? "take off" : "match");
    selection->rule[selection->rules++] =
        (struct selection_rule){.kind = (enum selection_kind)(key - TOOL_SELECTION), .text = text};
}

bool tool_range(const char *text, double *first, double *last) {
    const char *colon = strchr(text, ':');
    double value;
    if (colon == NULL)
        return false;
    if (colon != text) {
        if (read_number(text, &value) != colon)
            return false;
        *first = value;
    }
    if (colon[1] != '\0') {
        const char *end = read_number(colon + 1, &value);
        if (end == NULL || *end != '\0')
            return false;
        *last = value;
    }
    return !isnan(*first) && !isnan(*last);
}

void tool_labels(int key, const char *text, bool labels[256]) {
    const char *end = text;
    int twice;
    if (!parse_labels(&end, labels, &twice) || *end != '\0')
        tool_usage("%s: '%s' is not a list of labels from 0 to 255", tool_option_name(key), text);
    if (twice >= 0)
        tool_usage("%s: label %d is given twice", tool_option_name(key), twice);
}

void tool_one_standard_input(const char *const *paths, size_t count) {
    size_t standard = 0;
    for (size_t i = 0; i < count; i++)
        standard += paths[i] != NULL && strcmp(paths[i], "-") == 0;
    if (standard > 1)
        tool_usage("standard input can be read only once");
}

void tool_distinct_outputs(const char *const *paths, size_t count) {
    struct error error;
    size_t pair[2];
    const int same = output_same(paths, count, pair, &error);
    if (same < 0)
        tool_fail(&error);
    if (same > 0 && strcmp(paths[pair[0]], paths[pair[1]]) == 0)
        tool_usage("two outputs go to '%s'", paths[pair[0]]);
    if (same > 0)
        tool_usage("two outputs go to one file: '%s' and '%s'", paths[pair[0]], paths[pair[1]]);
}

void tool_fail(const struct error *error) {
    fprintf(stderr, "%s: %s\n", program->name, error->text);
    exit(1);
}

void tool_usage(const char *format, ...) {
    struct error error;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    fprintf(stderr, "%s: %s\nTry '%s --help'.\n", program->name, error.text, program->name);
    exit(2);
}

void tool_warn(const char *format, ...) {
    struct error error;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    fprintf(stderr, "%s: %s\n", program->name, error.text);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void show(void *data, const char *what, uint64_t done, uint64_t all) {
    (void)data;
    static int terminal = -1;
    static double started, shown;
    if (terminal < 0) {
        terminal = isatty(STDERR_FILENO);
        started = terminal ? seconds() : 0;
    }
    if (!terminal)
        return;
    const double now = seconds();
    if (done == all && shown > 0) {
        fprintf(stderr, "\r\033[K");
        shown = 0;
    } else if (done < all && now - started >= 1 && now - shown >= 0.1) {
        fprintf(stderr, "\r%s: %s %.0f%%\033[K", program->name, what,
                100 * (double)done / (double)all);
        shown = now;
    }
}

const struct progress tool_progress_shown = {.report = show};
