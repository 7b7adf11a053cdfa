/* Checked reading and writing on file descriptors, and files that appear whole or not at all. */
#include "engram/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engram/decimal.h"
#include "engram/escape.h"

enum { BUFFER = 1 << 16, PIPE = 1 << 20, PIECE = 1 << 30, MAX_TEMPORARIES = 320 };

bool input_is_standard(const char *path) {
    return path == NULL || strcmp(path, "-") == 0;
}

const char *input_name(const char *path) {
    return input_is_standard(path) ? "<stdin>" : *path == '\0' ? "''" : path;
}

int input_open(struct input *input, const char *path, struct error *error) {
    const bool standard = input_is_standard(path);
    *input = (struct input){.fd = STDIN_FILENO, .name = input_name(path)};
    if (!standard && (input->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return error_errno(error, "%s", input->name);
    struct stat status;
    off_t start = fstat(input->fd, &status);
    if (start == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        start = -1;
    } else if (start == 0 && S_ISREG(status.st_mode))
        start = lseek(input->fd, 0, SEEK_CUR);
    if (start < 0) {
        error_errno(error, "%s", input->name);
        input_close(input);
        return -1;
    }
    if (S_ISREG(status.st_mode)) {
        input->regular = true;
        input->start = (uint64_t)start;
        input->size = status.st_size > start ? (uint64_t)(status.st_size - start) : 0;
        (void)posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* a hint; may be refused */
    }
#ifdef F_SETPIPE_SZ
    if (S_ISFIFO(status.st_mode) && fcntl(input->fd, F_GETPIPE_SZ) < PIPE)
        (void)fcntl(input->fd, F_SETPIPE_SZ, PIPE); /* fewer turns to wait for; may be refused */
#endif
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

/* --- where an output goes --------------------------------------------------------------------- */

/* The length of the folder's part of a path, with its slash. */
static size_t folder_length(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* `before`, of that length, and `after`: to free. */
static char *join(const char *before, size_t length, const char *after) {
    const size_t size = strlen(after) + 1;
    char *path = malloc(length + size);
    if (path != NULL) {
        memcpy(path, before, length);
        memcpy(path + length, after, size);
    }
    return path;
}

static char *folder_of(const char *path) {
    return join(path, folder_length(path), ".");
}

/* Where symbolic links lead from `path`, be there a file or not: to free. */
static char *follow(const char *path) {
    enum { MAX_LINKS = 40 };
    char *at = strdup(path), target[PATH_MAX];
    for (int links = 0; at != NULL; links++) {
        const ssize_t length = readlink(at, target, sizeof target - 1);
        if (length < 0 && errno != EIO && errno != ENOMEM)
            return at;
        if (length < 0) { /* it may be a link */
            free(at);
            return NULL;
        }
        target[length] = '\0';
        const size_t folder = target[0] == '/' ? 0 : folder_length(at);
        char *next = links < MAX_LINKS ? join(at, folder, target) : NULL;
        if (links == MAX_LINKS)
            errno = ELOOP;
        free(at);
        at = next;
    }
    return NULL;
}

/* The number of the open descriptor that a path names, or -1. */
static int descriptor_of(const char *path) {
    if (input_is_standard(path) || strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    int number = -1, length = 0;
    if (sscanf(path, "/dev/fd/%9d%n", &number, &length) < 1)
        (void)sscanf(path, "/proc/self/fd/%9d%n", &number, &length);
    return length > 0 && path[length] == '\0' ? number : -1;
}

/* What tells whether two paths lead to one regular file: the file, or its folder and name. */
struct place {
    bool known, special; /* `special` is no regular file: a pipe, a device */
    dev_t device;
    ino_t inode;
    char *name; /* of a file that is not there yet, owned */
};

static int find_place(const char *path, struct place *place) {
    const int descriptor = descriptor_of(path);
    struct stat status;
    if (descriptor >= 0 ? fstat(descriptor, &status) == 0 : stat(path, &status) == 0) {
        *place = (struct place){.known = true,
                                .special = !S_ISREG(status.st_mode),
                                .device = status.st_dev,
                                .inode = status.st_ino};
        return 0;
    }
    char *file = follow(path), *folder = file != NULL ? folder_of(file) : NULL;
    if (folder != NULL && stat(folder, &status) == 0)
        *place = (struct place){.known = true,
                                .device = status.st_dev,
                                .inode = status.st_ino,
                                .name = strdup(file + folder_length(file))};
    const bool failed = (folder == NULL && errno != ELOOP) || (place->known && place->name == NULL);
    free(folder);
    free(file);
    return failed ? -1 : 0;
}

static bool same_place(const struct place *a, const struct place *b) {
    const bool same_name =
        a->name == NULL || b->name == NULL ? a->name == b->name : strcmp(a->name, b->name) == 0;
    return a->known && b->known && !a->special && a->device == b->device && a->inode == b->inode &&
           same_name;
}

int output_same(const char *const *paths, size_t count, size_t pair[2], struct error *error) {
    struct place *places = calloc(count + 1, sizeof *places);
    int result = places == NULL ? error_errno(error, "%zu outputs", count) : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        if (paths[i] == NULL)
            continue;
        if (find_place(paths[i], &places[i]) != 0)
            result = error_errno(error, "%s", paths[i]);
        for (size_t j = 0; j < i && result == 0; j++) {
            if (paths[j] == NULL)
                continue;
            const bool spelled_alike = strcmp(paths[i], paths[j]) == 0 &&
                                       (input_is_standard(paths[i]) || !places[i].special);
            if (spelled_alike || same_place(&places[i], &places[j])) {
                pair[0] = j;
                pair[1] = i;
                result = 1;
            }
        }
    }
    for (size_t i = 0; i < count && places != NULL; i++)
        free(places[i].name);
    free(places);
    return result;
}

/* --- temporary files -------------------------------------------------------------------------- */

/* Beside an output: .engram-0, .engram-1 ... A program shares a lock on its own, which ends with
 * the program however it ends; so what can be locked for one alone is litter, for the next program
 * to remove. */

static const char PREFIX[] = ".engram-", LONGEST[] = ".engram-4294967295";

/* Temporary files to remove when the program ends: written here before the file is made,
 * cleared after it is renamed or removed. */
static char *volatile temporaries[MAX_TEMPORARIES];

static void remove_temporaries(void) {
    for (size_t i = 0; i < MAX_TEMPORARIES; i++)
        if (temporaries[i] != NULL)
            unlink(temporaries[i]);
}

static void end_by_signal(int number) {
    remove_temporaries();
    signal(number, SIG_DFL);
    raise(number);
}

/* However the program ends. */
static void catch_end(void) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ};
    static bool caught;
    if (!caught)
        caught = atexit(remove_temporaries) == 0;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
            struct sigaction action = {.sa_handler = end_by_signal};
            sigemptyset(&action.sa_mask);
            sigaction(numbers[i], &action, NULL);
        }
    }
}

static void block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, before);
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

/* Room for the name of any temporary file beside `path`. */
static char *temporary_beside(const char *path) {
    return join(path, folder_length(path), LONGEST);
}

static void number_temporary(char *temporary, unsigned number) {
    snprintf(temporary + folder_length(temporary) + strlen(PREFIX), 11, "%u", number);
}

/* Whether the open file is the one of that name: 1, 0, or -1 where the system does not say. */
static int is_at(int fd, const char *path) {
    struct stat opened, named;
    if (fstat(fd, &opened) != 0)
        return -1;
    if (lstat(path, &named) != 0)
        return errno == ENOENT ? 0 : -1;
    return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* Where locks are not to be had, nothing is locked and nothing is removed. */
static void remove_if_litter(const char *temporary) {
    int fd = open(temporary, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        fd = open(temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_at(fd, temporary) == 1)
        unlink(temporary);
    close(fd);
}

/* Looks no further than some numbers beyond the last that is there, so it costs the same in a
 * folder of any size; once for each folder this program writes to. */
static void remove_litter(char *temporary) {
    enum { BEYOND = 16 };
    const size_t folder = folder_length(temporary);
    for (size_t i = 0; i < MAX_TEMPORARIES; i++)
        if (temporaries[i] != NULL && folder_length(temporaries[i]) == folder &&
            strncmp(temporaries[i], temporary, folder) == 0)
            return;
    for (unsigned number = 0, last = 0; number < last + BEYOND; number++) {
        struct stat status;
        number_temporary(temporary, number);
        if (lstat(temporary, &status) == 0) {
            last = number + 1;
            if (S_ISREG(status.st_mode))
                remove_if_litter(temporary);
        }
    }
}

/* Makes and locks the first temporary file that is not there; returns its descriptor, or -1. */
static int make_temporary(char *temporary) {
    for (unsigned number = 0; number < UINT_MAX; number++) {
        number_temporary(temporary, number);
        const int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd < 0)
            return -1;
        /* Another program may have taken it for litter before it was locked. */
        const int ours =
            flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK ? is_at(fd, temporary) : 0;
        if (ours == 1)
            return fd;
        const int why = errno;
        if (ours < 0)
            unlink(temporary);
        close(fd);
        if (ours < 0) {
            errno = why;
            return -1;
        }
    }
    errno = EEXIST;
    return -1;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Whether the finished file will be able to take the place of what is there. */
static int check_place(const struct output *output, struct error *error) {
    const uint64_t fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
    struct statx folder = {0}, old = {0}; /* zeros where there is none */
    char *path = folder_of(output->path);
    if (path == NULL)
        return error_errno(error, "%s", output->name);
    (void)statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &folder);
    free(path);
    const bool exists =
        statx(AT_FDCWD, output->path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &old) == 0;
    const bool is_others = exists && (folder.stx_mode & S_ISVTX) != 0 && geteuid() != 0 &&
                           geteuid() != old.stx_uid && geteuid() != folder.stx_uid;
    errno = 0;
    if ((old.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0)
        errno = EBUSY;
    else if (is_others || (old.stx_attributes & fixed) != 0 ||
             (folder.stx_attributes & STATX_ATTR_APPEND) != 0)
        errno = EPERM;
    return errno != 0 ? error_errno(error, "%s: cannot replace", output->name) : 0;
}

/* Makes the temporary file beside `output->path`. */
static int open_temporary(struct output *output, const struct stat *old, struct error *error) {
    output->temporary = temporary_beside(output->path);
    if (output->temporary == NULL)
        return error_errno(error, "%s", output->name);
    remove_litter(output->temporary);

    /* Signals wait while the file exists without being listed. */
    sigset_t before;
    block_signals(&before);
    output->fd = make_temporary(output->temporary);
    const int number = errno;
    const bool listed = output->fd >= 0 && remember(output->temporary) == 0;
    catch_end();
    sigprocmask(SIG_SETMASK, &before, NULL);

    if (output->fd < 0) {
        free(output->temporary); /* which another program may have made */
        output->temporary = NULL;
        errno = number;
        return error_errno(error, "%s: cannot create", output->name);
    }
    if (!listed)
        return error_set(error, "%s: too many outputs", output->name);
    const mode_t mask = umask(0);
    umask(mask);
    if (fchmod(output->fd, old != NULL ? old->st_mode & 07777 : 0666 & ~mask) != 0)
        return error_errno(error, "%s: cannot set permissions", output->name);
    return 0;
}

/* Opens what is written directly, or the temporary file. */
static int open_place(struct output *output, const char *path, struct error *error) {
    const int descriptor = descriptor_of(path);
    struct stat old;
    output->fd = -1;
    if (descriptor == STDOUT_FILENO) {
        output->fd = STDOUT_FILENO;
        return 0;
    }
    if (descriptor >= 0) {
        output->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        return output->fd < 0 ? error_errno(error, "%s", path) : 0;
    }
    const bool exists = stat(path, &old) == 0;
    if (!exists && errno != ENOENT)
        return error_errno(error, "%s: cannot create", path);
    if (exists && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return error_errno(error, "%s", path);
    }
    if (exists && !S_ISREG(old.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return output->fd < 0 ? error_errno(error, "%s", path) : 0;
    }
    output->path = follow(path);
    if (output->path == NULL)
        return error_errno(error, "%s", path);
    return check_place(output, error) != 0 ? -1
                                           : open_temporary(output, exists ? &old : NULL, error);
}

int output_open(struct output *output, const char *path, bool binary, struct error *error) {
    *output = (struct output){
        .fd = -1, .old_fd = -1, .turn_fd = -1, .name = input_is_standard(path) ? "<stdout>" : path};
    if (!input_is_standard(path) && *path == '\0') {
        errno = ENOENT;
        return error_errno(error, "''");
    }
    int result = open_place(output, path, error);
    if (result == 0 && binary && isatty(output->fd))
        result =
            error_set(error, "%s: will not write binary data to a terminal; use -o FILE or a pipe",
                      output->name);
    if (result == 0 && (output->buffer = malloc(BUFFER)) == NULL)
        result = error_errno(error, "%s", output->name);
    if (result != 0)
        output_discard(output);
    return result;
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

int output_integer(struct output *output, struct error *error, const char *before, uint64_t value) {
    char text[DECIMAL_SIZE];
    const size_t length = decimal_integer(value, text);
    return output_text(output, error, before) != 0 ? -1 : output_write(output, text, length, error);
}

int output_number(struct output *output, struct error *error, const char *before, double value,
                  int digits) {
    char text[DECIMAL_SIZE];
    const size_t length = decimal_number(value, digits, text);
    return output_text(output, error, before) != 0 ? -1 : output_write(output, text, length, error);
}

/* --- committing ------------------------------------------------------------------------------- */

/* Writes what is buffered and finds what only closing tells; a temporary file stays locked. */
static int complete(struct output *output, struct error *error) {
    int result = flush(output, error), fd = output->fd;
    if (output->path == NULL && fd == STDOUT_FILENO)
        return result;
    if (output->path != NULL)
        fd = dup(fd);
    else
        output->fd = -1;
    if ((fd < 0 || close(fd) != 0) && result == 0)
        result = error_errno(error, "%s: cannot write", output->name);
    return result;
}

/* Opens the file that will be replaced, if it is there; locked, so that it is no litter. */
static bool open_old(struct output *output) {
    struct stat old;
    output->old_fd = open(output->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    output->replaces = output->old_fd >= 0 || errno != ENOENT;
    return output->old_fd >= 0 && fstat(output->old_fd, &old) == 0 && S_ISREG(old.st_mode) &&
           (flock(output->old_fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}

static void forget_temporary(struct output *output) {
    forget(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
}

/* Gives the file at `path` a second name, a temporary one: to free, or NULL. */
static char *link_temporary(const char *path) {
    char *temporary = temporary_beside(path);
    for (unsigned number = 0; temporary != NULL; number++) {
        number_temporary(temporary, number);
        if (link(path, temporary) == 0)
            return temporary;
        if (errno != EEXIST) {
            free(temporary);
            temporary = NULL;
        }
    }
    return NULL;
}

/* Gives the file its name, and a temporary one to what it replaces, if the file system can: in one
 * step, or where it has none for that (NFS), in two. */
static bool replace_and_keep(struct output *output) {
    if (!open_old(output))
        return false;
    if (renameat2(AT_FDCWD, output->temporary, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0)
        return true;
    char *old = link_temporary(output->path);
    if (old == NULL)
        return false;
    if (rename(output->temporary, output->path) != 0) {
        unlink(old);
        free(old);
        return false;
    }
    forget_temporary(output);
    output->temporary = old;
    (void)remember(old); /* there is room, for one was forgotten */
    return true;
}

static int give_name(struct output *output, bool keep_old, struct error *error) {
    output->kept = keep_old && replace_and_keep(output);
    if (!output->kept) {
        if (rename(output->temporary, output->path) != 0)
            return error_errno(error, "%s: cannot rename the finished file", output->name);
        forget_temporary(output);
    }
    output->named = true;
    return 0;
}

/* Undoes give_name, if the file is still there. */
static void take_name(struct output *output) {
    if (!output->named || is_at(output->fd, output->path) != 1)
        return;
    if (output->kept && rename(output->temporary, output->path) == 0)
        forget_temporary(output);
    else if (!output->replaces)
        unlink(output->path);
}

/* Programs that replace files of one folder take turns: locks it, unless an earlier output has.
 * Waits no longer than a second, as whoever started the program may hold such a lock. */
static void take_turn(struct output *const *outputs, size_t i) {
    enum { MILLISECOND = 1000, ATTEMPTS = 1000 };
    const size_t length = folder_length(outputs[i]->path);
    for (size_t j = 0; j < i; j++)
        if (outputs[j] != NULL && outputs[j]->path != NULL &&
            folder_length(outputs[j]->path) == length &&
            strncmp(outputs[j]->path, outputs[i]->path, length) == 0)
            return;
    char *folder = folder_of(outputs[i]->path);
    const int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    for (int attempt = 0; attempt < ATTEMPTS && flock(fd, LOCK_EX | LOCK_NB) != 0; attempt++) {
        if (errno != EWOULDBLOCK)
            break;
        usleep(MILLISECOND);
    }
    outputs[i]->turn_fd = fd;
}

/* Signals wait until all files have their names, or none has. */
static int give_names(struct output *const *outputs, size_t count, struct error *error) {
    size_t files = 0, named = 0;
    int result = 0;
    sigset_t before;
    block_signals(&before);
    for (size_t i = 0; i < count; i++)
        if (outputs[i] != NULL && outputs[i]->path != NULL) {
            files++;
            take_turn(outputs, i);
        }
    for (size_t i = 0; i < count && result == 0; i++)
        if (outputs[i] != NULL && outputs[i]->path != NULL) /* after the last nothing can fail */
            result = give_name(outputs[i], ++named < files, error);
    for (size_t i = 0; i < count && result != 0; i++)
        if (outputs[i] != NULL)
            take_name(outputs[i]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

int output_commit_all(struct output *const *outputs, size_t count, struct error *error) {
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        if (outputs[i] != NULL)
            result = complete(outputs[i], error);
    if (result == 0)
        result = give_names(outputs, count, error);
    for (size_t i = 0; i < count; i++)
        if (outputs[i] != NULL)
            output_discard(outputs[i]);
    return result;
}

int output_commit(struct output *output, struct error *error) {
    return output_commit_all(&output, 1, error);
}

void output_discard(struct output *output) {
    if (output->temporary != NULL) { /* while it is locked, and no other program's */
        sigset_t before;
        block_signals(&before);
        unlink(output->temporary);
        forget(output->temporary);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    if (output->fd > STDOUT_FILENO)
        close(output->fd);
    if (output->old_fd > STDOUT_FILENO)
        close(output->old_fd);
    if (output->turn_fd > STDOUT_FILENO)
        close(output->turn_fd);
    free(output->temporary);
    free(output->path);
    free(output->buffer);
    *output = (struct output){.fd = -1, .old_fd = -1, .turn_fd = -1};
}
