/* A whole program: the input's first part is its arguments, one a line, the others are files.
 *
 * In an argument, "@2" stands for the second of the files and "|2" for the same through a pipe. The
 * program runs in a folder of its own; no slash of an argument's own leads out of it. It is linked
 * with main named fuzz_main and exit named fuzz_exit, which comes back here; what it then leaves
 * allocated or open is freed and closed. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"

enum { FILES = 6, ARGUMENTS = 32, ARGUMENT = 200, BLOCKS = 1 << 16 };

int fuzz_main(int argc, char **argv);
_Noreturn void fuzz_exit(int status);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));

static jmp_buf before;
static int folder, start;

void fuzz_exit(int status) {
    fuzz_check(status >= 0 && status <= 3, "the exit status is one of those documented");
    longjmp(before, 1);
}

/* --- what the program leaves ------------------------------------------------------------------ */

/* Of the program's threads: that of libFuzzer which watches the memory allocates and frees, too. */
static _Thread_local bool keeping;
static pthread_mutex_t keeper = PTHREAD_MUTEX_INITIALIZER;
static struct {
    size_t count;
    const volatile void *block[BLOCKS];
} kept;

static void on_malloc(const volatile void *block, size_t size) {
    (void)size;
    if (!keeping)
        return;
    pthread_mutex_lock(&keeper);
    if (kept.count < BLOCKS)
        kept.block[kept.count++] = block;
    pthread_mutex_unlock(&keeper);
}

static void on_free(const volatile void *block) {
    if (!keeping)
        return;
    pthread_mutex_lock(&keeper);
    size_t i = kept.count;
    while (i > 0 && kept.block[i - 1] != block)
        i--;
    if (i > 0)
        kept.block[i - 1] = kept.block[--kept.count];
    pthread_mutex_unlock(&keeper);
}

struct thread {
    void *(*work)(void *);
    void *data;
};

static void *in_thread(void *data) {
    const struct thread thread = *(struct thread *)data;
    free(data);
    keeping = true;
    void *const result = thread.work(thread.data);
    keeping = false;
    return result;
}

int __real_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*work)(void *),
                          void *data);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*work)(void *),
                          void *data);

/* In place of pthread_create (fuzz.mk): what a thread is made of, the system keeps for the next
 * one; it is not the program's. */
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*work)(void *),
                          void *data) {
    if (!keeping)
        return __real_pthread_create(id, attributes, work, data);
    keeping = false;
    struct thread *const thread = malloc(sizeof *thread);
    int result = EAGAIN;
    if (thread != NULL) {
        *thread = (struct thread){work, data};
        result = __real_pthread_create(id, attributes, in_thread, thread);
        if (result != 0)
            free(thread);
    }
    keeping = true;
    return result;
}

static void clean(int first_descriptor) {
    keeping = false;
    while (kept.count > 0)
        free((void *)kept.block[--kept.count]);
    close_range((unsigned)first_descriptor, ~0u, 0);
    DIR *files = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY));
    fuzz_check(files != NULL, "the folder is read");
    for (struct dirent *file; (file = readdir(files)) != NULL;)
        unlinkat(folder, file->d_name, 0);
    closedir(files);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    static char scratch[4096], buffer[BUFSIZ];
    const char *temporary = getenv("TMPDIR");
    snprintf(scratch, sizeof scratch, "%s/fuzz-XXXXXX", temporary != NULL ? temporary : "/tmp");
    fuzz_check(mkdtemp(scratch) != NULL, "there is a folder for the program");
    folder = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fuzz_check(folder >= 0 && start >= 0, "folders are opened");
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer); /* else the first run would allocate it */
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
    return 0;
}

/* --- arguments -------------------------------------------------------------------------------- */

struct run {
    struct fuzz_part part[FILES];
    struct fuzz_file file[ARGUMENTS];
    size_t files;
    char text[ARGUMENTS][ARGUMENT + sizeof(((struct fuzz_file *)0)->path)];
    char *argument[ARGUMENTS + 1];
    int arguments;
};

/* Numbers of more than two digits are cut where there are files: a million hidden units, or ten
 * million permutations, are the user's to wait for. */
static void add_argument(struct run *run, struct fuzz_part line, bool small) {
    char *out = run->text[run->arguments];
    size_t used = 0, digits = 0;
    for (size_t i = 0; i < line.size && used < ARGUMENT; i++) {
        const char c = (char)line.bytes[i];
        const size_t which = i + 1 < line.size ? (size_t)(line.bytes[i + 1] - '1') : FILES;
        if (c == '\0')
            continue;
        digits = isdigit((unsigned char)c) ? digits + 1 : 0;
        if ((c == '@' || c == '|') && which < FILES && run->files < ARGUMENTS) {
            struct fuzz_file *file = &run->file[run->files++];
            fuzz_open(file, run->part[which], c == '|');
            used += (size_t)sprintf(out + used, "%s", file->path);
            break;
        }
        if (digits <= 2 || !small)
            out[used++] = (char)(c == '/' ? '_' : c);
    }
    out[used] = '\0';
    run->argument[run->arguments++] = out;
}

static void add_arguments(struct run *run, struct fuzz_part lines, bool small) {
    add_argument(run, (struct fuzz_part){(const uint8_t *)"fuzz", 4}, small);
    while (lines.size > 0 && run->arguments < ARGUMENTS)
        add_argument(run, fuzz_line(&lines), small);
    run->argument[run->arguments] = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct run run;
    struct fuzz_part rest = {data, size};
    const struct fuzz_part lines = fuzz_next(&rest);
    const bool small = rest.size > 0;
    run.arguments = 0;
    run.files = 0;
    for (size_t f = 0; f < FILES; f++)
        run.part[f] = fuzz_next(&rest);
    add_arguments(&run, lines, small);
    const int first_descriptor = dup(start);
    close(first_descriptor);
    fuzz_check(fchdir(folder) == 0, "the folder is entered");
    keeping = true;
    optind = 0; /* getopt starts anew */
    if (setjmp(before) == 0)
        fuzz_main(run.arguments, run.argument);
    clean(first_descriptor);
    fuzz_check(fchdir(start) == 0, "the folder is left");
    for (size_t f = 0; f < run.files; f++)
        fuzz_close(&run.file[f]);
    return 0;
}
