/* The scratch folder lies in TMPDIR and goes with the test. */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[1024];

/* A request for absurd memory shall fail, not end the test. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

/* Of every group, only the tests with TEST_NAME in their names; see make's ONLY. */
__attribute__((constructor)) static void filter_tests(void) {
    static char pattern[256];
    const char *name = getenv("TEST_NAME");
    if (name == NULL || *name == '\0')
        return;
    snprintf(pattern, sizeof pattern, "*%s*", name);
    cmocka_set_test_filter(pattern);
}

int support_setup(void **state) {
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/engram-test-XXXXXX",
             parent != NULL && *parent != '\0' ? parent : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

/* Calls remove_it for every file in the folder but . and ..; returns how many there are. */
static size_t each_file(int (*remove_it)(const char *path)) {
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            count++;
            if (remove_it != NULL)
                remove_it(support_path(entry->d_name));
        }
    closedir(directory);
    return count;
}

int support_teardown(void **state) {
    (void)state;
    each_file(remove);
    return rmdir(folder);
}

const char *support_path(const char *name) {
    static char paths[4][2048];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

size_t support_files(void) {
    return each_file(NULL);
}

void support_put(const char *path, const void *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(size > 0 ? fwrite(bytes, 1, size, stream) : 0, size);
    assert_int_equal(fclose(stream), 0);
}

char *support_get(const char *path, size_t *size) {
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        fail_msg("%s cannot be opened", path);
    struct stat status;
    assert_int_equal(fstat(fileno(stream), &status), 0);
    char *bytes = calloc((size_t)status.st_size + 1, 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)status.st_size, stream);
    assert_int_equal(*size, status.st_size);
    fclose(stream);
    return bytes;
}

char *support_data(const char *name, size_t *size) {
    const char *top = getenv("TOP");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/data/%s", top != NULL ? top : ".", name);
    return support_get(path, size);
}

void source_open(struct source *source, bool through_pipe, const void *bytes, size_t size) {
    source->fd = -1;
    if (!through_pipe) {
        snprintf(source->path, sizeof source->path, "%s", support_path("source"));
        support_put(source->path, bytes, size);
        return;
    }
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(size <= 4096 || fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= 0);
    assert_int_equal(size > 0 ? write(ends[1], bytes, size) : 0, size);
    close(ends[1]);
    source->fd = ends[0];
    snprintf(source->path, sizeof source->path, "/dev/fd/%d", source->fd);
}

void source_close(struct source *source) {
    if (source->fd >= 0)
        close(source->fd);
    else
        unlink(source->path);
}

void support_assert_error(const struct error *error, const char *name, const char *what) {
    char expected[4096 + ERROR_TEXT];
    snprintf(expected, sizeof expected, "%s: %s", name, what);
    assert_string_equal(error->text, expected);
}

void support_skipped(const char *why) {
    print_message("# skipped: %s\n", why);
}

size_t support_from_hex(const char *hex, unsigned char *bytes) {
    size_t count = 0;
    for (unsigned value; sscanf(hex + 2 * count, "%2x", &value) == 1; count++)
        bytes[count] = (unsigned char)value;
    return count;
}
