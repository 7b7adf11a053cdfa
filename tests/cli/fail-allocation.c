/* To be loaded before a program: its allocation number FAIL_AT fails, and the file FAIL_MARK is
 * then made; with FAIL_ON, all that follow fail too. Else they are glibc's own functions. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool fails(void) {
    static unsigned long allocation, at;
    if (allocation++ == 0) {
        const char *number = getenv("FAIL_AT");
        at = number != NULL ? strtoul(number, NULL, 10) : 0;
    }
    if (at == 0 || allocation < at || (allocation > at && getenv("FAIL_ON") == NULL))
        return false;
    if (allocation == at && getenv("FAIL_MARK") != NULL)
        close(open(getenv("FAIL_MARK"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, bytes);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = aligned_alloc(alignment, size);
    return *memory != NULL ? 0 : ENOMEM;
}
