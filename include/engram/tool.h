/* What the programs share: options, numbers, messages, exit status, progress.
 *
 * A program describes its options once, as a table; tool_option reads the command line from it and
 * --help prints it. A default is given as text in the table and reaches the program like an option
 * the user typed, so the help can show no other default than the one in force.
 *
 * This is the only module that prints messages or exits: 0 done, 1 failed, 2 wrong usage. */
#ifndef ENGRAM_TOOL_H
#define ENGRAM_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h> /* optarg, optind */

#include "engram/error.h"
#include "engram/progress.h"

struct tool_option {
    int key;              /* the short option's letter, or a number above 255 for none */
    const char *name;     /* the long option */
    const char *argument; /* its argument's name in the help, or NULL */
    const char *initial;  /* the default, as the user would type it, or NULL */
    const char *help;
};

struct tool {
    const char *name;                  /* the program's */
    const char *synopsis;              /* arguments, after the name */
    const char *summary;               /* one sentence */
    const struct tool_option *options; /* ends with a zeroed element; -h and --version are added */
    size_t min_operands, max_operands;
};

/* Starts the program: its name for messages, standard input, output and error made open (to use
 * one that was closed is an error), jansson made to end the program when memory is short, and the
 * check that this machine computes as the project requires (see det_self_test). Exits on failure.
 */
void tool_start(const struct tool *tool);

/* The next option's key, its argument in `optarg`; first the defaults, then the command line; -1
 * at the end, when optind is that of the first operand and their number has been checked. */
int tool_option(int argc, char **argv);

/* Parse the whole of `text` or exit with a usage error that names option `-key`. */
double tool_double(int key, const char *text, double min, double max);
uint64_t tool_integer(int key, const char *text, uint64_t min, uint64_t max);

/* Parses FIRST:LAST, either side may be left out (it is then left as it was). Returns false when
 * the text has no such form. */
bool tool_range(const char *text, double *first, double *last);

/* Parses a list of labels 0..255 such as "1,7" into `labels`, true for each listed; exits with a
 * usage error if it is empty, malformed or repeats one. */
void tool_labels(int key, const char *text, bool labels[256]);

/* Exits with a usage error if two of the output paths lead to one file (see output_same). */
void tool_distinct_outputs(const char *const *paths, size_t count);

/* "-x" or "--long-name", as messages name option `key`. The string is static. */
const char *tool_option_name(int key);

/* The exits. tool_fail prints "program: error". */
_Noreturn void tool_fail(const struct error *error);
_Noreturn void tool_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints "program: warning" and goes on. */
void tool_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shows how far a long work is, on standard error, if that is a terminal: nothing during the first
 * second, then at most ten times a second; at its end the line is wiped. */
extern const struct progress tool_progress_shown;

#endif
