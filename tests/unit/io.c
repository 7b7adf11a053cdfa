/* io.h: files that appear whole or not at all, whatever lies at their place and whatever ends the
 * program; pieces of a pipe put together; names and messages. */
#include "engram/io.h"
#include "engram/escape.h"
#include "engram/rng.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* As on a file system that cannot exchange two names, or gives a file no second one. */
static bool no_exchange, no_links;

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    if (no_exchange) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int link(const char *old, const char *new) {
    if (no_links) {
        errno = EPERM;
        return -1;
    }
    return (int)syscall(SYS_linkat, AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* Calls are interrupted every other time and take three bytes at most; the next file that is
 * closed has lost what was written; no descriptor is left. */
static bool hindered, lost, no_dup;

static bool interrupted(void) {
    static bool last;
    last = hindered && !last;
    errno = last ? EINTR : errno;
    return last;
}

static size_t allowed(size_t size) {
    return hindered && size > 3 ? 3 : size;
}

ssize_t read(int fd, void *buffer, size_t size) {
    return interrupted() ? -1 : syscall(SYS_read, fd, buffer, allowed(size));
}

ssize_t pread(int fd, void *buffer, size_t size, off_t offset) {
    return interrupted() ? -1 : preadv(fd, &(struct iovec){buffer, allowed(size)}, 1, offset);
}

ssize_t write(int fd, const void *data, size_t size) {
    return interrupted() ? -1 : syscall(SYS_write, fd, data, allowed(size));
}

int close(int fd) {
    const int result = (int)syscall(SYS_close, fd);
    if (!lost)
        return result;
    lost = false;
    errno = EIO;
    return -1;
}

int dup(int fd) {
    if (!no_dup)
        return fcntl(fd, F_DUPFD, 0);
    errno = EMFILE;
    return -1;
}

/* How often the program has waited for a lock, which is given up at the third time. */
static int waits, lock_fd = -1;

int usleep(useconds_t time) {
    (void)time;
    if (++waits == 3 && lock_fd >= 0)
        flock(lock_fd, LOCK_UN);
    return 0;
}

/* A file that another program puts at `place` just before `next` gets its name. */
static struct { const char *file, *place, *next; } meanwhile;

int rename(const char *old, const char *new) {
    if (meanwhile.next != NULL && strcmp(new, meanwhile.next) == 0)
        syscall(SYS_renameat2, AT_FDCWD, meanwhile.file, AT_FDCWD, meanwhile.place, 0);
    return (int)syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}

/* A path in the scratch folder, to keep. */
struct path {
    char text[2048];
};

static struct path path_of(const char *name) {
    struct path path;
    snprintf(path.text, sizeof path.text, "%s", support_path(name));
    return path;
}

static void assert_content(const char *path, const char *expected) {
    size_t size;
    char *content = support_get(path, &size);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(content, expected);
    free(content);
}

static mode_t mode_of(const char *path) {
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return status.st_mode;
}

static void open_output(struct output *output, const char *path) {
    struct error error;
    if (output_open(output, path, true, &error) != 0)
        fail_msg("%s", error.text);
}

/* Writes a whole file. */
static void write_text(const char *path, const char *text) {
    struct output output;
    struct error error;
    open_output(&output, path);
    assert_int_equal(output_write(&output, text, strlen(text), &error), 0);
    if (output_commit(&output, &error) != 0)
        fail_msg("%s", error.text);
}

static void wait_for(pid_t child, int *status) {
    while (waitpid(child, status, 0) < 0)
        assert_int_equal(errno, EINTR);
}

/* --- outputs that replace a file -------------------------------------------------------------- */

static void test_replace(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct output output;
    struct error error;
    support_put(path.text, "old", 3);
    open_output(&output, path.text);
    assert_int_equal(support_files(), 2); /* the temporary file lies beside */
    output_write(&output, "new ", 4, &error);
    assert_int_equal(output_printf(&output, &error, "%d %s", 7, "x"), 0);
    assert_content(path.text, "old");
    assert_int_equal(output_commit(&output, &error), 0);
    assert_content(path.text, "new 7 x");
    assert_int_equal(support_files(), 1);
    output_discard(&output); /* does nothing any more */
    assert_content(path.text, "new 7 x");

    open_output(&output, path.text);
    output_write(&output, "x", 1, &error);
    output_discard(&output);
    output_discard(&output);
    assert_content(path.text, "new 7 x");
    assert_int_equal(support_files(), 1);
    unlink(path.text);

    struct output zeroed = {0};
    output_discard(&zeroed);
}

/* A reader that opened the old file goes on reading it. */
static void test_reader_keeps_old(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct input input;
    struct error error;
    char buffer[8];
    support_put(path.text, "old", 3);
    assert_int_equal(input_open(&input, path.text, &error), 0);
    write_text(path.text, "newer");
    assert_int_equal(input_read(&input, buffer, sizeof buffer, &error), 3);
    assert_memory_equal(buffer, "old", 3);
    input_close(&input);
    unlink(path.text);
}

static void test_new_file(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct output output;
    open_output(&output, path.text);
    assert_int_equal(access(path.text, F_OK), -1); /* not before it is whole */
    output_discard(&output);
    assert_int_equal(support_files(), 0);
    write_text(path.text, "");
    assert_content(path.text, "");
    unlink(path.text);
}

static void test_permissions(void **state) {
    (void)state;
    const struct path path = path_of("file");
    const mode_t before = umask(027);
    write_text(path.text, "a");
    assert_int_equal(mode_of(path.text) & 07777, 0640);
    umask(0);
    write_text(path.text, "b"); /* what is replaced keeps its permissions */
    assert_int_equal(mode_of(path.text) & 07777, 0640);
    assert_int_equal(chmod(path.text, 0604), 0);
    write_text(path.text, "c");
    assert_int_equal(mode_of(path.text) & 07777, 0604);
    unlink(path.text);
    write_text(path.text, "d");
    assert_int_equal(mode_of(path.text) & 07777, 0666);
    assert_int_equal(umask(before), 0); /* left as it was */
    unlink(path.text);
}

static void test_symbolic_link(void **state) {
    (void)state;
    const struct path link = path_of("link"), target = path_of("target");
    support_put(target.text, "old", 3);
    assert_int_equal(symlink("target", link.text), 0);
    write_text(link.text, "new");
    assert_true(S_ISLNK(mode_of(link.text)));
    assert_true(S_ISREG(mode_of(target.text)));
    assert_content(target.text, "new");
    unlink(link.text);
    unlink(target.text);
}

/* Links lead on from where they lie: by a path from the root, by one to another folder. */
static void test_links_to_links(void **state) {
    (void)state;
    const struct path folder = path_of("folder"), target = path_of("folder/target"),
                      first = path_of("first"), second = path_of("folder/second"),
                      third = path_of("third");
    assert_int_equal(mkdir(folder.text, 0700), 0);
    assert_int_equal(symlink(second.text, first.text), 0);
    assert_int_equal(symlink("../third", second.text), 0);
    assert_int_equal(symlink("folder/target", third.text), 0);
    for (int exists = 0; exists < 2; exists++) {
        write_text(first.text, exists ? "again" : "new");
        assert_true(S_ISREG(mode_of(target.text)));
        assert_content(target.text, exists ? "again" : "new");
    }
    assert_true(S_ISLNK(mode_of(first.text)) && S_ISLNK(mode_of(second.text)) &&
                S_ISLNK(mode_of(third.text)));
    unlink(first.text);
    unlink(second.text);
    unlink(third.text);
    unlink(target.text);
    rmdir(folder.text);
}

/* More than the buffer holds, in pieces of all sizes. */
static void test_large_output(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    const struct path path = path_of("file");
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * i >> 8);
    struct output output;
    struct error error;
    open_output(&output, path.text);
    size_t done = 0;
    for (size_t piece = 0; done < SIZE; piece = piece * 3 + 1) {
        const size_t size = piece % 100003 < SIZE - done ? piece % 100003 : SIZE - done;
        assert_int_equal(output_write(&output, bytes + done, size, &error), 0);
        done += size;
    }
    assert_int_equal(output_commit(&output, &error), 0);
    size_t size;
    char *content = support_get(path.text, &size);
    assert_int_equal(size, SIZE);
    assert_memory_equal(content, bytes, SIZE);
    free(content);

    open_output(&output, path.text); /* lines */
    for (int i = 0; i < 50000; i++)
        assert_int_equal(output_printf(&output, &error, "%06d\n", i), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    content = support_get(path.text, &size);
    assert_int_equal(size, 350000);
    for (int i = 0; i < 50000; i++)
        assert_int_equal(atoi(content + 7 * i), i);
    free(content);

    for (size_t room = 9; room < 12; room++) { /* for a line of ten bytes */
        open_output(&output, path.text);
        assert_int_equal(output_write(&output, bytes, 65536 - room, &error), 0);
        assert_int_equal(output_printf(&output, &error, "%s", "012345678\n"), 0);
        assert_int_equal(output_commit(&output, &error), 0);
        content = support_get(path.text, &size);
        assert_int_equal(size, 65536 - room + 10);
        assert_memory_equal(content, bytes, 65536 - room);
        assert_string_equal(content + 65536 - room, "012345678\n");
        free(content);
    }

    open_output(&output, path.text);
    output.name = "file";
    assert_int_equal(output_printf(&output, &error, "%65535d", 1), 0);
    assert_int_equal(output_printf(&output, &error, "%65536d", 1), -1);
    assert_string_equal(error.text, "file: a line is too long");
    output_discard(&output);
    free(bytes);
    unlink(path.text);
}

static void test_numbers(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct output output;
    struct error error;
    open_output(&output, path.text);
    assert_int_equal(output_number(&output, &error, "a\t", 1.0 / 3, 4), 0);
    assert_int_equal(output_number(&output, &error, "\t", 0.1, 17), 0);
    assert_int_equal(output_number(&output, &error, "\t", NAN, 6), 0);
    assert_int_equal(output_number(&output, &error, "\t", -NAN, 6), 0);
    assert_int_equal(output_number(&output, &error, "\t", -INFINITY, 6), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    assert_content(path.text, "a\t0.3333\t0.10000000000000001\tnan\tnan\t-inf");
    unlink(path.text);
}

static void test_text_and_integers(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct output output;
    struct error error;
    open_output(&output, path.text);
    assert_int_equal(output_text(&output, &error, "a\tb"), 0);
    assert_int_equal(output_text(&output, &error, ""), 0);
    for (uint64_t n = 1; n <= UINT64_MAX / 1000; n *= 1000) {
        assert_int_equal(output_integer(&output, &error, "\t", n - 1), 0);
        assert_int_equal(output_integer(&output, &error, " ", n), 0);
    }
    assert_int_equal(output_integer(&output, &error, "", UINT64_MAX), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    assert_content(path.text, "a\tb\t0 1\t999 1000\t999999 1000000\t999999999 1000000000"
                              "\t999999999999 1000000000000\t999999999999999 1000000000000000"
                              "18446744073709551615");
    unlink(path.text);
}

/* A name is written as escape_fit has it, of any length. */
static void test_escaped(void **state) {
    (void)state;
    static const char *const parts[] = {"",
                                        "a\tb",
                                        "\x1b[31m",
                                        "\\ \" \n",
                                        "\x7f",
                                        "h\xc3\xa9",
                                        "\xe2\x82\xac\xf0\x9f\x98\x80",
                                        "layer1.weight"};
    const struct path path = path_of("file");
    struct error error;
    for (size_t i = 0; i < COUNT(parts); i++)
        for (size_t times = 1; times < 200; times += i == 7 ? 7 : 1) {
            char name[4096] = "", expected[32768];
            for (size_t k = 0; k < times; k++)
                strcat(name, parts[i]);
            escape_fit(name, expected, sizeof expected);
            struct output output;
            open_output(&output, path.text);
            assert_int_equal(output_escaped(&output, &error, name), 0);
            assert_int_equal(output.used, strlen(expected));
            assert_memory_equal(output.buffer, expected, output.used);
            output_discard(&output);
        }
}

/* --- outputs written directly ----------------------------------------------------------------- */

static void test_fifo(void **state) {
    (void)state;
    const struct path path = path_of("fifo");
    assert_int_equal(mkfifo(path.text, 0600), 0);
    const int reader = open(path.text, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    write_text(path.text, "through");
    char buffer[16];
    assert_int_equal(read(reader, buffer, sizeof buffer), 7);
    assert_memory_equal(buffer, "through", 7);
    assert_true(S_ISFIFO(mode_of(path.text)));
    assert_int_equal(support_files(), 1);
    close(reader);
    unlink(path.text);
}

static void test_full_device(void **state) {
    (void)state;
    struct output output;
    struct error error;
    open_output(&output, "/dev/full");
    assert_int_equal(output_write(&output, "x", 1, &error), 0); /* buffered */
    assert_int_equal(output_commit(&output, &error), -1);
    assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");

    static const char much[200000];
    open_output(&output, "/dev/full");
    assert_int_equal(output_write(&output, much, sizeof much, &error), -1);
    assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
    output_discard(&output);
    assert_true(S_ISCHR(mode_of("/dev/full")));

    for (int way = 0; way < 5; way++) { /* behind a full buffer */
        open_output(&output, "/dev/full");
        assert_int_equal(output_write(&output, much, 65536, &error), -1);
        assert_int_equal(output_write(&output, much, 65535, &error), 0);
        const int result = way == 0   ? output_text(&output, &error, "ab")
                           : way == 1 ? output_escaped(&output, &error, "\n")
                           : way == 2 ? output_integer(&output, &error, "ab", 1)
                           : way == 3 ? output_number(&output, &error, "ab", 1, 1)
                                      : output_printf(&output, &error, "%s", "ab");
        assert_int_equal(result, -1);
        assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
        output_discard(&output);
    }
}

/* A file that is complete but for its last bytes, which are lost when it is closed. */
static void test_lost_when_closed(void **state) {
    (void)state;
    const struct path path = path_of("file");
    support_put(path.text, "old", 3);
    struct output output;
    struct error error;
    for (int i = 0; i < 2; i++) {
        open_output(&output, path.text);
        assert_int_equal(output_write(&output, "new", 3, &error), 0);
        lost = i == 0;
        no_dup = i == 1;
        assert_int_equal(output_commit(&output, &error), -1);
        support_assert_error(&error, path.text,
                             i == 0 ? "cannot write: Input/output error"
                                    : "cannot write: Too many open files");
        assert_false(lost);
        no_dup = false;
        assert_content(path.text, "old");
        assert_int_equal(support_files(), 1);
    }
    unlink(path.text);

    static const char *const devices[] = {"/dev/null", "/dev/full"};
    for (size_t i = 0; i < 2; i++) { /* the first error is the one that is told */
        open_output(&output, devices[i]);
        assert_int_equal(output_write(&output, "x", 1, &error), 0);
        lost = true;
        assert_int_equal(output_commit(&output, &error), -1);
        support_assert_error(&error, devices[i],
                             i == 0 ? "cannot write: Input/output error"
                                    : "cannot write: No space left on device");
        assert_false(lost);
    }
}

/* An open descriptor by either of its names is written to, and stays open. */
static void test_descriptors(void **state) {
    (void)state;
    const struct path path = path_of("file");
    static const char *const formats[] = {"/dev/fd/%d", "/proc/self/fd/%d"};
    const int fd = open(path.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    char name[64];
    struct error error;
    struct output output;
    for (size_t i = 0; i < COUNT(formats); i++) {
        snprintf(name, sizeof name, formats[i], fd);
        write_text(name, "ab");
        assert_true(fcntl(fd, F_GETFD) >= 0);
        assert_int_equal(support_files(), 1);
        snprintf(name, sizeof name, formats[i], 9999);
        assert_int_equal(output_open(&output, name, true, &error), -1);
        support_assert_error(&error, name, "Bad file descriptor");
        strcat(name, "x"); /* no descriptor's name */
        assert_int_equal(output_open(&output, name, true, &error), -1);
        support_assert_error(&error, name, "cannot create: No such file or directory");
    }
    const int saved = dup(STDIN_FILENO);
    dup2(fd, STDIN_FILENO);
    const int opened = output_open(&output, "/dev/fd/0", true, &error);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    assert_int_equal(opened, 0);
    assert_int_equal(output_write(&output, "c", 1, &error), 0);
    assert_int_equal(output_commit(&output, &error), 0);
    assert_content(path.text, "ababc"); /* one behind the other */
    close(fd);
    unlink(path.text);
}

static void test_standard_output(void **state) {
    (void)state;
    const struct path path = path_of("captured");
    const int saved = dup(STDOUT_FILENO),
              fd = open(path.text, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(saved >= 0 && fd >= 0);
    fflush(stdout);
    static const char *const names[] = {"-", NULL};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct output output;
        struct error error;
        dup2(fd, STDOUT_FILENO);
        const int opened = output_open(&output, names[i], true, &error);
        const bool named = strcmp(output.name, "<stdout>") == 0;
        output_write(&output, "to stdout", 9, &error);
        const int committed = output_commit(&output, &error);
        const bool still_open = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
        dup2(saved, STDOUT_FILENO);
        assert_true(opened == 0 && committed == 0 && named && still_open);
    }
    assert_content(path.text, "to stdoutto stdout");
    close(saved);
    close(fd);
    unlink(path.text);
}

static void test_terminal(void **state) {
    (void)state;
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        support_skipped("no terminal");
        return;
    }
    char expected[256];
    const char *name = ptsname(master);
    assert_non_null(name);
    struct output output;
    struct error error;
    assert_int_equal(output_open(&output, name, true, &error), -1);
    snprintf(expected, sizeof expected,
             "%s: will not write binary data to a terminal; use -o FILE or a pipe", name);
    assert_string_equal(error.text, expected);
    assert_int_equal(output_open(&output, name, false, &error), 0);
    output_discard(&output);
    close(master);
}

/* --- what cannot be opened -------------------------------------------------------------------- */

static void test_messages(void **state) {
    (void)state;
    const struct path missing = path_of("none/file"), folder = path_of(".");
    struct output output;
    struct input input;
    struct error error;
    assert_int_equal(output_open(&output, folder.text, true, &error), -1);
    support_assert_error(&error, folder.text, "Is a directory");
    assert_int_equal(output_open(&output, missing.text, true, &error), -1);
    support_assert_error(&error, missing.text, "cannot create: No such file or directory");
    assert_int_equal(output_open(&output, "", true, &error), -1);
    support_assert_error(&error, "''", "No such file or directory");
    assert_int_equal(input_open(&input, folder.text, &error), -1);
    support_assert_error(&error, folder.text, "Is a directory");
    assert_int_equal(input_open(&input, missing.text, &error), -1);
    support_assert_error(&error, missing.text, "No such file or directory");
    assert_int_equal(support_files(), 0);

    error_set(&error, "a\n\x1b[31m\x7f\xc3\xa9"); /* harmless on a terminal */
    assert_string_equal(error.text, "a??[31m?\xc3\xa9");
}

/* The finished file cannot be given its name: the place has become a directory. */
static void test_rename_fails(void **state) {
    (void)state;
    const struct path path = path_of("file");
    struct output output;
    struct error error;
    open_output(&output, path.text);
    assert_int_equal(mkdir(path.text, 0700), 0);
    assert_int_equal(output_commit(&output, &error), -1);
    support_assert_error(&error, path.text, "cannot rename the finished file: Is a directory");
    assert_int_equal(support_files(), 1);
    rmdir(path.text);
}

/* Several outputs get their names together, or none does. */
static void test_commit_all(void **state) {
    (void)state;
    const struct path first = path_of("first"), last = path_of("last");
    for (int full = 0; full < 2; full++) {
        struct output output[3];
        struct error error;
        support_put(first.text, "old", 3);
        open_output(&output[0], first.text);
        open_output(&output[1], full ? "/dev/full" : "/dev/null");
        open_output(&output[2], last.text);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(output_write(&output[i], "new", 3, &error), 0);
        struct output *const all[] = {&output[0], NULL, &output[1], &output[2]};
        assert_int_equal(output_commit_all(all, 4, &error), full ? -1 : 0);
        assert_content(first.text, full ? "old" : "new");
        assert_int_equal(support_files(), full ? 1 : 2);
        if (full)
            assert_string_equal(error.text, "/dev/full: cannot write: No space left on device");
        else
            assert_content(last.text, "new");
        unlink(first.text);
        unlink(last.text);
    }
}

/* A later name cannot be given: earlier files are as they were, and new ones are gone. */
static void check_taken_back(void) {
    enum { OLD, NEW, PLACE, LAST, FILES };
    const struct path path[FILES] = {path_of("old"), path_of("new"), path_of("place"),
                                     path_of("last")};
    struct output output[FILES], *all[FILES];
    struct error error;
    struct stat before, after;
    support_put(path[OLD].text, "old", 3);
    assert_int_equal(chmod(path[OLD].text, 0604), 0);
    assert_int_equal(stat(path[OLD].text, &before), 0);
    for (size_t i = 0; i < FILES; i++) {
        open_output(&output[i], path[i].text);
        assert_int_equal(output_write(&output[i], "fresh", 5, &error), 0);
        all[i] = &output[i];
    }
    assert_int_equal(mkdir(path[PLACE].text, 0700), 0);
    assert_int_equal(output_commit_all(all, FILES, &error), -1);
    support_assert_error(&error, path[PLACE].text,
                         "cannot rename the finished file: Is a directory");
    assert_content(path[OLD].text, "old");
    assert_int_equal(stat(path[OLD].text, &after), 0);
    assert_true(after.st_ino == before.st_ino && after.st_mode == before.st_mode);
    assert_int_equal(support_files(), 2);
    unlink(path[OLD].text);
    rmdir(path[PLACE].text);
}

static void test_commit_taken_back(void **state) {
    (void)state;
    check_taken_back();
    no_exchange = true;
    check_taken_back();
    no_exchange = false;
}

/* What cannot be kept is replaced for good: better the new file than none. What another program has
 * put at the place of a new one stays. */
static void test_not_taken_back(void **state) {
    (void)state;
    const struct path path = path_of("file"), other = path_of("other"), place = path_of("place");
    struct output output[2], *const all[] = {&output[0], &output[1]};
    struct error error;
    for (int i = 0; i < 2; i++) {
        no_exchange = no_links = i == 0;
        support_put(i == 0 ? path.text : other.text, "old", 3);
        open_output(&output[0], path.text);
        open_output(&output[1], place.text);
        assert_int_equal(output_write(&output[0], "new", 3, &error), 0);
        assert_int_equal(mkdir(place.text, 0700), 0);
        if (i == 1) {
            meanwhile.file = other.text;
            meanwhile.place = path.text;
            meanwhile.next = place.text;
        }
        assert_int_equal(output_commit_all(all, 2, &error), -1);
        support_assert_error(&error, place.text, "cannot rename the finished file: Is a directory");
        no_exchange = no_links = false;
        meanwhile.next = NULL;
        assert_content(path.text, i == 0 ? "new" : "old");
        assert_int_equal(support_files(), 2);
        unlink(path.text);
        rmdir(place.text);
    }
}

/* A folder that another program has locked is waited for, but not for ever. */
static void test_turns(void **state) {
    (void)state;
    const struct path path[2] = {path_of("first"), path_of("last")}, folder = path_of(".");
    struct output output[2], *const all[] = {&output[0], &output[1]};
    struct error error;
    const int fd = open(folder.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (int given_up = 0; given_up < 2; given_up++) {
        assert_int_equal(flock(fd, LOCK_EX), 0);
        waits = 0;
        lock_fd = given_up ? fd : -1;
        for (size_t i = 0; i < 2; i++)
            open_output(&output[i], path[i].text);
        assert_int_equal(output_commit_all(all, 2, &error),
                         0); /* the second has the turn of the first */
        assert_int_equal(waits, given_up ? 3 : 1000);
        assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* it is over */
        lock_fd = -1;
        for (size_t i = 0; i < 2; i++)
            unlink(path[i].text);
    }
    close(fd);
}

/* Where what is replaced cannot be kept, files are still written, and nothing else is left. */
static void test_commit_without_keeping(void **state) {
    (void)state;
    const struct path path[2] = {path_of("first"), path_of("last")};
    struct output output[2], *const all[] = {&output[0], &output[1]};
    struct error error;
    for (int links = 0; links < 2; links++) {
        no_exchange = true;
        no_links = links == 0;
        for (size_t i = 0; i < 2; i++) {
            support_put(path[i].text, "old", 3);
            open_output(&output[i], path[i].text);
            assert_int_equal(output_write(&output[i], "new", 3, &error), 0);
        }
        assert_int_equal(output_commit_all(all, 2, &error), 0);
        no_exchange = no_links = false;
        for (size_t i = 0; i < 2; i++)
            assert_content(path[i].text, "new");
        assert_int_equal(support_files(), 2);
        for (size_t i = 0; i < 2; i++)
            unlink(path[i].text);
    }
}

/* What another program has put at the place of a file meanwhile is not taken away with it. */
static void test_replaced_meanwhile(void **state) {
    (void)state;
    const struct path path = path_of("file"), other = path_of("other");
    struct output output;
    open_output(&output, path.text);
    support_put(other.text, "other", 5);
    assert_int_equal(rename(other.text, path.text), 0);
    output_discard(&output);
    assert_content(path.text, "other");
    unlink(path.text);
}

static void assert_same(const char *a, const char *b, bool same) {
    const char *const paths[] = {"somewhere/else", NULL, a, NULL, b};
    size_t pair[2] = {0, 0};
    struct error error;
    if (output_same(paths, COUNT(paths), pair, &error) != same || (same && pair[0] != 2) ||
        (same && pair[1] != 4))
        fail_msg("%s and %s are %s file", a, b, same ? "one" : "not one");
}

static void test_same(void **state) {
    (void)state;
    const struct path file = path_of("file"), twin = path_of("twin"), link = path_of("link"),
                      dangling = path_of("dangling"), fresh = path_of("fresh"),
                      dotted = path_of("./fresh"), none = path_of("none/fresh"),
                      loop = path_of("loop");
    support_put(file.text, "x", 1);
    assert_int_equal(symlink("file", link.text), 0);
    assert_int_equal(symlink("fresh", dangling.text), 0);
    assert_int_equal(symlink("loop", loop.text), 0);
    assert_same(file.text, file.text, true);
    assert_same(file.text, link.text, true);
    assert_same(file.text, fresh.text, false);
    assert_same(fresh.text, fresh.text, true);
    assert_same(fresh.text, dotted.text, true);
    assert_same(fresh.text, dangling.text, true);
    assert_same(dangling.text, dotted.text, true);
    assert_same(fresh.text, link.text, false);
    assert_same(none.text, none.text, true);
    assert_same(none.text, fresh.text, false);
    assert_same(loop.text, loop.text, true);
    assert_same(loop.text, fresh.text, false);
    assert_same("-", "-", true);
    assert_same("/dev/null", "/dev/null", false);
    assert_same("/dev/null", "/dev/zero", false);
    assert_same("", file.text, false);
    assert_int_equal(linkat(AT_FDCWD, file.text, AT_FDCWD, twin.text, 0), 0);
    assert_same(file.text, twin.text, true);
    unlink(twin.text);
    support_put(twin.text, "x", 1);
    assert_same(file.text, twin.text, false); /* two files of one folder */
    unlink(twin.text);
    unlink(loop.text);
    unlink(dangling.text);
    unlink(link.text);
    unlink(file.text);
}

/* A program that was killed leaves its temporary files; the next to write to the folder removes
 * them, but none of a program that lives. */
static void test_litter(void **state) {
    (void)state;
    const struct path path = path_of("file");
    for (int killed = 0; killed < 2; killed++) {
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        fflush(NULL);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct output output[3];
            struct error error;
            bool good = true;
            for (size_t i = 0; i < 3; i++)
                good = good && output_open(&output[i], path.text, true, &error) == 0;
            good = good && write(ready[1], "r", 1) == 1;
            while (good)
                pause();
            _exit(1);
        }
        char byte;
        int status;
        close(ready[1]);
        const bool started = read(ready[0], &byte, 1) == 1;
        close(ready[0]);
        const size_t files = support_files();
        if (killed || !started) {
            kill(child, SIGKILL);
            wait_for(child, &status);
        }
        const size_t left = support_files();
        write_text(path.text, "x");
        const size_t after = support_files();
        if (!killed) {
            kill(child, SIGTERM);
            wait_for(child, &status);
        }
        assert_int_equal(files, 3);
        assert_int_equal(left, 3);
        assert_int_equal(after, killed ? 1 : 4);
        assert_int_equal(support_files(), 1);
        unlink(path.text);
    }
}

/* Litter is looked for 16 numbers beyond the last that is there, and is regular files alone. */
static void test_litter_numbers(void **state) {
    (void)state;
    static const int litter[] = {0, 16, 32, 33, 49};
    const struct path path = path_of("file"), far = path_of(".engram-66"),
                      folder = path_of(".engram-3"), link = path_of(".engram-4");
    for (size_t i = 0; i < COUNT(litter); i++) {
        char name[32];
        snprintf(name, sizeof name, ".engram-%d", litter[i]);
        support_put(support_path(name), "x", 1);
    }
    support_put(far.text, "x", 1);
    assert_int_equal(mkdir(folder.text, 0700), 0);
    assert_int_equal(symlink("nothing", link.text), 0);
    write_text(path.text, "x");
    assert_int_equal(support_files(), 4);
    assert_int_equal(access(far.text, F_OK), 0);
    unlink(path.text);
    unlink(far.text);
    unlink(link.text);
    rmdir(folder.text);
}

static void test_too_many(void **state) {
    (void)state;
    enum { ROOM = 320 };
    struct output output[ROOM + 1];
    struct error error;
    for (size_t i = 0; i < ROOM; i++)
        open_output(&output[i], support_path("file"));
    const struct path path = path_of("last");
    assert_int_equal(output_open(&output[ROOM], path.text, true, &error), -1);
    support_assert_error(&error, path.text, "too many outputs");
    assert_int_equal(support_files(), ROOM);
    for (size_t i = 0; i < ROOM; i++)
        output_discard(&output[i]);
    assert_int_equal(support_files(), 0);
    write_text(path.text, "there is room again");
    unlink(path.text);
}

/* --- a program that is ended ------------------------------------------------------------------ */

/* A child writes most of a file, and then `number` ends it. */
static void check_signal(int number, bool ignored) {
    const struct path path = path_of("file");
    support_put(path.text, "old", 3);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        static const char much[200000];
        struct output output, other;
        struct error error;
        signal(number, ignored ? SIG_IGN : SIG_DFL);
        bool good = output_open(&output, path.text, true, &error) == 0 &&
                    output_open(&other, support_path("other"), true, &error) == 0 &&
                    output_write(&output, much, sizeof much, &error) == 0 &&
                    output_write(&output, "x", 1, &error) == 0 && write(ready[1], "r", 1) == 1;
        if (ignored) {
            raise(number);
            good = good && output_commit(&output, &error) == 0;
            output_discard(&other);
            _exit(good ? 0 : 1);
        }
        while (good)
            pause();
        _exit(1);
    }
    char byte;
    close(ready[1]);
    const bool started = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    if (!ignored && started) {
        assert_int_equal(support_files(), 3);
        kill(child, number);
    }
    int status;
    wait_for(child, &status);
    assert_true(started);
    if (ignored) {
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        struct stat whole;
        assert_int_equal(stat(path.text, &whole), 0);
        assert_int_equal(whole.st_size, 200001);
    } else {
        assert_true(WIFSIGNALED(status)); /* as if nothing had been in between */
        assert_int_equal(WTERMSIG(status), number);
        assert_content(path.text, "old");
    }
    assert_int_equal(support_files(), 1);
    unlink(path.text);
}

static void test_signals(void **state) {
    (void)state;
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGXCPU};
    for (size_t i = 0; i < COUNT(numbers); i++)
        check_signal(numbers[i], false);
    check_signal(SIGHUP, true); /* as under nohup */
}

/* A file beyond the limit of its size: an error if the signal is ignored, else the end; either way
 * nothing is left. */
static void test_file_size_limit(void **state) {
    (void)state;
    for (int ignored = 0; ignored < 2; ignored++) {
        const struct path path = path_of("file");
        fflush(NULL);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            static const char much[200000];
            struct output output;
            struct error error;
            char expected[4096];
            const struct rlimit limit = {100000, 100000};
            snprintf(expected, sizeof expected, "%s: cannot write: File too large", path.text);
            signal(SIGXFSZ, ignored ? SIG_IGN : SIG_DFL);
            bool good = output_open(&output, path.text, true, &error) == 0 &&
                        setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                        output_write(&output, much, sizeof much, &error) == -1 &&
                        strcmp(error.text, expected) == 0;
            output_discard(&output);
            _exit(good ? 0 : 1);
        }
        int status;
        wait_for(child, &status);
        assert_true(ignored ? WIFEXITED(status) && WEXITSTATUS(status) == 0
                            : WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
        assert_int_equal(support_files(), 0);
    }
}

/* --- inputs ----------------------------------------------------------------------------------- */

/* Through calls that are interrupted and take few bytes at a time, all comes as it is. */
static void test_hindered(void **state) {
    (void)state;
    const struct path path = path_of("file");
    static const char text[] = "0123456789";
    char buffer[24] = "";
    struct output output;
    struct input input;
    struct error error;
    open_output(&output, path.text);
    assert_int_equal(output_write(&output, text, 10, &error), 0);
    hindered = true;
    const int committed = output_commit(&output, &error);
    hindered = false;
    assert_int_equal(committed, 0);
    assert_content(path.text, text);
    assert_int_equal(input_open(&input, path.text, &error), 0);
    hindered = true;
    const int64_t got = input_read(&input, buffer, 16, &error);
    const int at = input_read_at(&input, 2, buffer + 11, 4, &error);
    hindered = false;
    assert_true(got == 10 && at == 0);
    assert_memory_equal(buffer, "0123456789\0002345\0\0\0\0\0\0\0\0", 24);
    input_close(&input);
    unlink(path.text);
}

/* A writer that gives a few bytes at a time. */
static void test_short_reads(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        bool good = true;
        for (int i = 0; i < 100 && good; i++) {
            good = write(ends[1], "abc", 3) == 3;
            if (i % 10 == 0)
                usleep(1000);
        }
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    char name[64], buffer[400];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    struct input input;
    struct error error;
    assert_int_equal(input_open(&input, name, &error), 0);
    assert_false(input.regular);
    assert_int_equal(input_read(&input, buffer, 200, &error), 200);
    assert_int_equal(input.position, 200);
    assert_int_equal(input_read(&input, buffer + 200, 200, &error), 100); /* the end */
    assert_int_equal(input_read(&input, buffer, 0, &error), 0);
    assert_int_equal(input_read(&input, buffer, 1, &error) + 1, 1);
    assert_int_equal(input.position, 300);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(buffer[i], "abc"[i % 3]);
    input_close(&input);
    close(ends[0]);
    int status;
    wait_for(child, &status);
    assert_int_equal(status, 0);
}

static void test_read_at(void **state) {
    (void)state;
    const struct path path = path_of("file");
    support_put(path.text, "0123456789", 10);
    struct input input;
    struct error error;
    char buffer[10];
    assert_int_equal(input_open(&input, path.text, &error), 0);
    assert_true(input.regular && input.start == 0 && input.size == 10);
    assert_string_equal(input.name, path.text);
    assert_int_equal(input_read_at(&input, 7, buffer, 3, &error), 0);
    assert_memory_equal(buffer, "789", 3);
    assert_int_equal(input_read(&input, buffer, 4, &error), 4); /* from where it was */
    assert_memory_equal(buffer, "0123", 4);
    assert_int_equal(input_read_at(&input, 8, buffer, 3, &error), -1);
    support_assert_error(&error, path.text, "the file became shorter while it was read");
    input_close(&input);
    input_close(&input);
    unlink(path.text);
}

/* A pipe gets room for a megabyte, and one with more keeps it, where so much may be had. */
static void test_room_of_pipes(void **state) {
    (void)state;
    static const int rooms[][2] = {{1 << 12, 1 << 20}, {1 << 16, 1 << 20}, {1 << 21, 1 << 21}};
    for (size_t i = 0; i < COUNT(rooms); i++) {
        int ends[2];
        char path[32];
        struct input input;
        struct error error;
        assert_int_equal(pipe(ends), 0);
        const bool may = fcntl(ends[0], F_SETPIPE_SZ, rooms[i][0]) >= 0;
        snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        assert_int_equal(input_open(&input, path, &error), 0);
        assert_int_equal(fcntl(ends[1], F_GETPIPE_SZ), may ? rooms[i][1] : 1 << 20);
        input_close(&input);
        close(ends[0]);
        close(ends[1]);
    }
}

/* Standard input, here a file from its byte 2 on, is not closed. */
static void test_standard_input(void **state) {
    (void)state;
    const struct path path = path_of("file");
    support_put(path.text, "0123456789", 10);
    const int saved = dup(STDIN_FILENO), fd = open(path.text, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    static const char *const names[] = {"-", NULL};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
        dup2(fd, STDIN_FILENO);
        struct input input;
        struct error error;
        char buffer[16];
        assert_int_equal(input_open(&input, names[i], &error), 0);
        assert_string_equal(input.name, "<stdin>");
        assert_true(input.regular && input.start == 2 && input.size == 8);
        assert_int_equal(input_read_at(&input, 1, buffer, 2, &error), 0);
        assert_memory_equal(buffer, "34", 2);
        assert_int_equal(input_read(&input, buffer, 16, &error), 8);
        assert_memory_equal(buffer, "23456789", 8);
        input_close(&input);
        assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
    }
    assert_int_equal(lseek(fd, 11, SEEK_SET), 11); /* behind the end */
    struct input input;
    struct error error;
    assert_int_equal(input_open(&input, "-", &error), 0);
    assert_true(input.regular && input.start == 11 && input.size == 0);
    input_close(&input);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    unlink(path.text);
}

static void test_unreadable(void **state) {
    (void)state;
    const struct path path = path_of("file");
    support_put(path.text, "x", 1);
    struct input input;
    struct error error;
    char byte;
    assert_int_equal(input_open(&input, path.text, &error), 0);
    const int write_only = open(path.text, O_WRONLY | O_CLOEXEC);
    assert_true(write_only >= 0 && dup2(write_only, input.fd) == input.fd);
    assert_int_equal(input_read(&input, &byte, 1, &error), -1);
    support_assert_error(&error, path.text, "cannot read: Bad file descriptor");
    assert_int_equal(input_read_at(&input, 0, &byte, 1, &error), -1);
    support_assert_error(&error, path.text, "cannot read: Bad file descriptor");
    input_close(&input);
    close(write_only);
    unlink(path.text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replace),
        cmocka_unit_test(test_reader_keeps_old),
        cmocka_unit_test(test_new_file),
        cmocka_unit_test(test_permissions),
        cmocka_unit_test(test_symbolic_link),
        cmocka_unit_test(test_links_to_links),
        cmocka_unit_test(test_large_output),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_text_and_integers),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_full_device),
        cmocka_unit_test(test_lost_when_closed),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_standard_output),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_rename_fails),
        cmocka_unit_test(test_commit_all),
        cmocka_unit_test(test_commit_taken_back),
        cmocka_unit_test(test_not_taken_back),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_commit_without_keeping),
        cmocka_unit_test(test_replaced_meanwhile),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_litter),
        cmocka_unit_test(test_litter_numbers),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_file_size_limit),
        cmocka_unit_test(test_hindered),
        cmocka_unit_test(test_short_reads),
        cmocka_unit_test(test_read_at),
        cmocka_unit_test(test_room_of_pipes),
        cmocka_unit_test(test_standard_input),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests_name("io", tests, support_setup, support_teardown);
}
