/* What the programs share: options, numbers, messages, exit status, progress.
 *
 * A program's options are one table: tool_option reads the command line by it, --help prints it. A
 * default is text there and reaches the program as if typed, so the help shows the one in force.
 *
 * The only module that prints messages or exits: 0 done, 1 failed, 2 wrong usage. */
#ifndef ENGRAM_TOOL_H
#define ENGRAM_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h> /* optarg, optind */

#include "engram/error.h"
#include "engram/progress.h"
#include "engram/selection.h"

struct tool_option {
    int key;              /* the letter, or above 255 for none */
    const char *name;     /* the long option */
    const char *argument; /* its name in the help, or NULL; one that may be left out: "[=all]" */
    const char *initial;  /* the default as typed, or NULL */
    const char *help;
};

struct tool {
    const char *name;
    const char *synopsis;              /* the arguments */
    const char *summary;               /* one sentence */
    const struct tool_option *options; /* ends with a zeroed element; -h and --version are added */
    size_t min_operands, max_operands;
    bool selects; /* it has tool_selection's options, too */
};

/* --include, --exclude and --strip, as every program has them that takes parameter files. */
enum { TOOL_SELECTION = 512 };
extern const struct tool_option tool_selection[];

/* Starts the program: its name for messages; standard input, output and error opened, to use one
 * that was closed being an error; jansson to exit on no memory; det_self_test. Exits on failure. */
void tool_start(const struct tool *tool);

/* The next option's key, its argument in `optarg`, NULL for one left out: first the defaults, then
 * the command line. -1 at the end: optind is the first operand's, and their number is checked. */
int tool_option(int argc, char **argv);

/* Whether the last option was typed, not a default. */
bool tool_option_typed(void);

/* Parse all of `text`, from min to max, or exit with a usage error that names the option. */
double tool_double(int key, const char *text, double min, double max);
uint64_t tool_integer(int key, const char *text, uint64_t min, uint64_t max);

/* Parses a number of threads, 0 for that of the processors but 8 at most, or exits with a usage
 * error. */
size_t tool_jobs(int key, const char *text);

/* Adds what an option of tool_selection says, or exits with a usage error. */
void tool_select(struct st_selection *selection, int key, const char *text);

/* Parses FIRST:LAST; a side left out leaves its number. False if the text is no range. */
bool tool_range(const char *text, double *first, double *last);

/* Parses labels as parse_labels does, all of `text` and none twice, or exits with a usage error. */
void tool_labels(int key, const char *text, bool labels[256]);

/* Exits with a usage error if more than one of the inputs is "-"; NULL is no input. */
void tool_one_standard_input(const char *const *paths, size_t count);

/* Exits with a usage error if output_same finds two paths. */
void tool_distinct_outputs(const char *const *paths, size_t count);

/* "-x" or "--long-name", as messages name option `key`. The string is static. */
const char *tool_option_name(int key);

/* Print "program: error" and exit: 1; 2, after a line that points to --help. */
_Noreturn void tool_fail(const struct error *error);
_Noreturn void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "program: warning" and goes on. */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shows progress on standard error, if a terminal: after the first second, at most ten times a
 * second; wiped at the end. */
extern const struct progress tool_progress_shown;

#endif
