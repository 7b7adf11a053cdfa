/* Checked reading and writing on file descriptors, and files that appear whole or not at all. */
#include "engram/io.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engram/escape.h"

enum { BUFFER = 1 << 16, PIECE = 1 << 30, MAX_TEMPORARIES = 320 };

static bool is_standard(const char *path) {
    return path == NULL || strcmp(path, "-") == 0;
}

int input_open(struct input *input, const char *path, struct error *error) {
    const bool standard = is_standard(path);
    *input = (struct input){.fd = STDIN_FILENO, .name = standard ? "<stdin>" : path};
    if (!standard && (input->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return error_errno(error, "%s", path);
    struct stat status;
    if (fstat(input->fd, &status) != 0 || S_ISDIR(status.st_mode)) {
        if (S_ISDIR(status.st_mode))
            errno = EISDIR;
        error_errno(error, "%s", input->name);
        input_close(input);
        return -1;
    }
    const off_t start = S_ISREG(status.st_mode) ? lseek(input->fd, 0, SEEK_CUR) : -1;
    if (start >= 0) {
        input->regular = true;
        input->start = (uint64_t)start;
        input->size = status.st_size > start ? (uint64_t)(status.st_size - start) : 0;
        (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint; may be refused */
    }
    return 0;
}

int64_t input_read(struct input *input, void *buffer, size_t size, struct error *error) {
    size_t done = 0;
    while (done < size) {
        const size_t want = size - done < PIECE ? size - done : PIECE;
        const ssize_t got = read(input->fd, (char *)buffer + done, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, "%s: cannot read", input->name);
        if (got == 0)
            break;
        done += (size_t)got;
    }
    input->position += done;
    return (int64_t)done;
}

int input_read_at(struct input *input, uint64_t offset, void *buffer, size_t size,
                  struct error *error) {
    for (size_t done = 0; done < size;) {
        const size_t want = size - done < PIECE ? size - done : PIECE;
        const ssize_t got =
            pread(input->fd, (char *)buffer + done, want, (off_t)(input->start + offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(error, "%s: cannot read", input->name);
        if (got == 0)
            return error_set(error, "%s: the file became shorter while it was read", input->name);
        done += (size_t)got;
    }
    return 0;
}

void input_close(struct input *input) {
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    input->fd = -1;
}

/* Temporary files to remove when a signal ends the program: written here before the file is made,
 * cleared after it is renamed or removed. */
static char *volatile temporaries[MAX_TEMPORARIES];

static void remove_temporaries(int number) {
    for (size_t i = 0; i < MAX_TEMPORARIES; i++)
        if (temporaries[i] != NULL)
            unlink(temporaries[i]);
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_signals(void) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
            struct sigaction action = {.sa_handler = remove_temporaries};
            sigemptyset(&action.sa_mask);
            sigaction(numbers[i], &action, NULL);
        }
    }
}

static int remember(char *temporary) {
    for (size_t i = 0; i < MAX_TEMPORARIES; i++)
        if (temporaries[i] == NULL) {
            temporaries[i] = temporary;
            return 0;
        }
    return -1;
}

static void forget(const char *temporary) {
    for (size_t i = 0; i < MAX_TEMPORARIES; i++)
        if (temporaries[i] == temporary)
            temporaries[i] = NULL;
}

/* Makes the temporary file beside `output->path`, which is as yet a copy of the given path. */
static int open_temporary(struct output *output, const struct stat *old, struct error *error) {
    const char *slash = strrchr(output->path, '/');
    const int folder = slash == NULL ? 0 : (int)(slash - output->path) + 1;
    const size_t size = strlen(output->path) + sizeof ".engram-XXXXXX";
    output->temporary = malloc(size);
    if (output->temporary == NULL)
        return error_errno(error, "%s", output->name);
    snprintf(output->temporary, size, "%.*s.engram-XXXXXX", folder, output->path);

    /* Signals wait while the file exists without being listed. */
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    output->fd = mkstemp(output->temporary);
    const bool listed = output->fd >= 0 && remember(output->temporary) == 0;
    catch_signals();
    sigprocmask(SIG_SETMASK, &before, NULL);

    if (output->fd < 0)
        return error_errno(error, "%s: cannot create", output->name);
    if (!listed)
        return error_set(error, "%s: too many outputs", output->name);
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(output->fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask) != 0)
        return error_errno(error, "%s: cannot set permissions", output->name);
    return 0;
}

int output_open(struct output *output, const char *path, bool binary, struct error *error) {
    const bool standard = is_standard(path);
    *output = (struct output){.fd = STDOUT_FILENO, .name = standard ? "<stdout>" : path};
    if (!standard && *path == '\0') {
        errno = ENOENT;
        return error_errno(error, "''");
    }
    if (!standard) {
        struct stat old;
        const bool exists = stat(path, &old) == 0;
        if (exists && S_ISDIR(old.st_mode)) {
            errno = EISDIR;
            return error_errno(error, "%s", path);
        }
        if (exists && !S_ISREG(old.st_mode)) {
            output->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
            if (output->fd < 0)
                return error_errno(error, "%s", path);
        } else {
            /* Through a symbolic link, the file it names is replaced, not the link. */
            output->fd = -1;
            output->path = exists ? realpath(path, NULL) : strdup(path);
            if (output->path == NULL)
                error_errno(error, "%s", path);
            if (output->path == NULL || open_temporary(output, exists ? &old : NULL, error) != 0) {
                output_discard(output);
                return -1;
            }
        }
    }
    output->buffer = malloc(BUFFER);
    if (output->buffer == NULL)
        error_errno(error, "%s", output->name);
    else if (!binary || !isatty(output->fd))
        return 0;
    else
        error_set(error, "%s: will not write binary data to a terminal; use -o FILE or a pipe",
                  output->name);
    output_discard(output);
    return -1;
}

static int write_all(struct output *output, const char *data, size_t size, struct error *error) {
    while (size > 0) {
        const ssize_t done = write(output->fd, data, size < PIECE ? size : PIECE);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_errno(error, "%s: cannot write", output->name);
        data += done;
        size -= (size_t)done;
    }
    return 0;
}

static int flush(struct output *output, struct error *error) {
    const size_t used = output->used;
    output->used = 0;
    return write_all(output, output->buffer, used, error);
}

int output_write(struct output *output, const void *data, size_t size, struct error *error) {
    if (size > BUFFER - output->used && flush(output, error) != 0)
        return -1;
    if (size >= BUFFER)
        return write_all(output, data, size, error);
    if (size > 0)
        memcpy(output->buffer + output->used, data, size);
    output->used += size;
    return 0;
}

int output_printf(struct output *output, struct error *error, const char *format, ...) {
    va_list args;
    for (int attempt = 0; attempt < 2; attempt++) {
        const size_t room = BUFFER - output->used;
        va_start(args, format);
        const int length = vsnprintf(output->buffer + output->used, room, format, args);
        va_end(args);
        if (length >= 0 && (size_t)length < room) {
            output->used += (size_t)length;
            return 0;
        }
        if (flush(output, error) != 0)
            return -1;
    }
    return error_set(error, "%s: a line is too long", output->name);
}

int output_text(struct output *output, struct error *error, const char *text) {
    return output_write(output, text, strlen(text), error);
}

int output_escaped(struct output *output, struct error *error, const char *text) {
    char escaped[ESCAPE_SIZE];
    for (size_t length; (length = escape_next(&text, escaped)) > 0;)
        if (output_write(output, escaped, length, error) != 0)
            return -1;
    return 0;
}

/* Writes the digits of an integer to the front of `text`, which has room for 20; returns how many.
 */
static size_t put_digits(uint64_t value, char *text) {
    char reversed[20];
    size_t length = 0;
    do
        reversed[length++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    for (size_t i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    return length;
}

int output_integer(struct output *output, struct error *error, const char *before, uint64_t value) {
    char text[20];
    const size_t length = put_digits(value, text);
    return output_text(output, error, before) != 0 ? -1 : output_write(output, text, length, error);
}

/* Writes what %.*g does to `text`, and returns its length; or 0 for what is left to printf: numbers
 * that it writes with an exponent, and those so near the middle of two decimals that the
 * product below, which is off by 2^-24 at most, does not tell which is nearer. */
static size_t put_number(double value, int digits, char text[32]) {
    static const double power[] = {1e-4, 1e-3, 1e-2, 1e-1, 1,   1e1,  1e2,  1e3, 1e4,
                                   1e5,  1e6,  1e7,  1e8,  1e9, 1e10, 1e11, 1e12};
    const double *one = power + 4, magnitude = fabs(value);
    if (digits < 1 || digits > 9 || !(magnitude >= 1e-4 && magnitude < one[digits]))
        return 0;
    int exponent = -4;
    while (magnitude >= one[exponent + 1])
        exponent++;
    const double scaled = magnitude * one[digits - 1 - exponent];
    uint64_t whole = (uint64_t)scaled;
    const double rest = scaled - (double)whole;
    if (fabs(rest - 0.5) < 0x1p-23)
        return 0;
    whole += rest > 0.5;
    exponent += whole == (uint64_t)one[digits]; /* one more digit; it and the others are zeros */
    if (exponent == digits)
        return 0;
    char decimals[20];
    size_t length = put_digits(whole, decimals);
    while (length > 1 && decimals[length - 1] == '0')
        length--;
    size_t used = 0, point = 0;
    if (signbit(value))
        text[used++] = '-';
    for (int zero = exponent; zero < 0; zero++) { /* "0.", "0.0" ... */
        text[used++] = '0';
        if (zero == exponent)
            text[used++] = '.';
    }
    if (exponent >= 0)
        point = (size_t)exponent + 1;
    for (size_t i = 0; i < length || i < point; i++) {
        if (i == point && point > 0)
            text[used++] = '.';
        text[used++] = (char)(i < length ? decimals[i] : '0');
    }
    return used;
}

int output_number(struct output *output, struct error *error, const char *before, double value,
                  int digits) {
    char text[32];
    const size_t length = put_number(value, digits, text);
    if (length == 0)
        return isnan(value) /* its sign differs between processors */
                   ? output_printf(output, error, "%snan", before)
                   : output_printf(output, error, "%s%.*g", before, digits, value);
    return output_text(output, error, before) != 0 ? -1 : output_write(output, text, length, error);
}

/* Writes what is buffered and closes. */
static int complete(struct output *output, struct error *error) {
    int result = flush(output, error);
    if (output->fd != STDOUT_FILENO || output->path != NULL) {
        if (close(output->fd) != 0 && result == 0)
            result = error_errno(error, "%s: cannot write", output->name);
        output->fd = -1;
    }
    return result;
}

static int give_name(struct output *output, struct error *error) {
    if (output->path == NULL)
        return 0;
    if (rename(output->temporary, output->path) != 0)
        return error_errno(error, "%s: cannot rename the finished file", output->name);
    forget(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
    return 0;
}

int output_commit_all(struct output *const *outputs, size_t count, struct error *error) {
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        if (outputs[i] != NULL)
            result = complete(outputs[i], error);
    for (size_t i = 0; i < count && result == 0; i++)
        if (outputs[i] != NULL)
            result = give_name(outputs[i], error);
    for (size_t i = 0; i < count; i++)
        if (outputs[i] != NULL)
            output_discard(outputs[i]);
    return result;
}

int output_commit(struct output *output, struct error *error) {
    return output_commit_all(&output, 1, error);
}

void output_discard(struct output *output) {
    if (output->fd > STDOUT_FILENO)
        close(output->fd);
    if (output->temporary != NULL) {
        unlink(output->temporary);
        forget(output->temporary);
    }
    free(output->temporary);
    free(output->path);
    free(output->buffer);
    *output = (struct output){.fd = -1};
}
