/* usage: fail-call COMMAND...
 *
 * Runs a program whose system call number FAIL_AT on files fails; its name is then added to the
 * file FAIL_MARK. With FAIL_ON, all that follow fail too. How, FAIL_HOW says: EIO; ENOSPC, of calls
 * that take room; EINTR, of reads and writes; or "short": these do half of what they are to do.
 *
 * The kernel asks about each such call (seccomp, user notification), so none of any library is
 * missed. Counting begins where a program does (open_standard in lib/tool.c asks for descriptor 0);
 * what it says on standard error does not count. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1, READS = 2, WRITES = 4 };

static const struct call {
    unsigned number;
    unsigned kind;
    const char *name;
} calls[] = {
#define CALL(name, kind)                                                                           \
    { SYS_##name, kind, #name }
#ifdef SYS_open
    CALL(open, ROOM),
    CALL(stat, 0),
    CALL(lstat, 0),
    CALL(readlink, 0),
    CALL(unlink, 0),
    CALL(rename, ROOM),
    CALL(link, ROOM),
    CALL(dup2, 0),
    CALL(chmod, 0),
    CALL(mkdir, ROOM),
#endif
#ifdef SYS_newfstatat
    CALL(newfstatat, 0),
#endif
#ifdef SYS_renameat
    CALL(renameat, ROOM),
#endif
    CALL(openat, ROOM),
    CALL(read, READS),
    CALL(pread64, READS),
    CALL(readv, READS),
    CALL(write, WRITES | ROOM),
    CALL(pwrite64, WRITES | ROOM),
    CALL(writev, WRITES | ROOM),
    CALL(close, 0),
    CALL(fstat, 0),
    CALL(statx, 0),
    CALL(lseek, 0),
    CALL(fadvise64, 0),
    CALL(ftruncate, ROOM),
    CALL(fallocate, ROOM),
    CALL(fsync, 0),
    CALL(fdatasync, 0),
    CALL(renameat2, ROOM),
    CALL(linkat, ROOM),
    CALL(unlinkat, 0),
    CALL(mkdirat, ROOM),
    CALL(readlinkat, 0),
    CALL(getdents64, 0),
    CALL(dup, 0),
    CALL(dup3, 0),
    CALL(fcntl, 0),
    CALL(flock, 0),
    CALL(fchmod, 0),
    CALL(fchmodat, 0),
    CALL(ioctl, 0),
    CALL(prlimit64, 0),
    CALL(sched_getaffinity, 0),
    CALL(clone, 0),
    CALL(clone3, 0),
};
enum { CALLS = sizeof calls / sizeof *calls };

#if defined __x86_64__
enum { ARCHITECTURE = AUDIT_ARCH_X86_64 };
#elif defined __aarch64__
enum { ARCHITECTURE = AUDIT_ARCH_AARCH64 };
#else
enum { ARCHITECTURE = 0 };
#endif

/* --- the program, its calls on files told to the listener ------------------------------------- */

struct child {
    char **command;
    int listener;
    const char *failed;
};

static int run(void *data) {
    struct child *child = data;
    struct sock_filter code[CALLS + 5];
    unsigned short length = 0;
    code[length++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)ARCHITECTURE,
                                                  0, CALLS + 1);
    code[length++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < CALLS; i++)
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number,
                                                      (unsigned char)(CALLS - i), 0);
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    const struct sock_fprog filter = {.len = length, .filter = code};
    child->failed = "seccomp";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        (child->listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                        SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter)) < 0)
        _exit(126);
    child->failed = child->command[0];
    execvp(child->command[0], child->command);
    _exit(126);
}

/* --- what becomes of a call ------------------------------------------------------------------- */

struct fault {
    unsigned long at, count;
    bool on, begun;
    const char *how;
    int pid, process; /* of the program: its number, a descriptor of it */
};

static const struct call *call_of(const struct seccomp_notif *asked) {
    size_t i = 0;
    while (calls[i].number != (unsigned)asked->data.nr)
        i++;
    return &calls[i];
}

static bool counts(const struct fault *fault, const struct call *call,
                   const struct seccomp_notif *asked) {
    const unsigned long long *args = asked->data.args;
    const bool transfers = (call->kind & (READS | WRITES)) != 0;
    if (!fault->begun || (transfers && args[0] == STDERR_FILENO) ||
        (call->number == SYS_fcntl && args[1] == F_GETFD))
        return false;
    if (strcmp(fault->how, "ENOSPC") == 0)
        return (call->kind & ROOM) != 0 && (call->number != SYS_openat || (args[2] & O_CREAT) != 0);
    if (strcmp(fault->how, "short") == 0)
        return (call->number == SYS_read || call->number == SYS_write ||
                call->number == SYS_pread64) &&
               args[2] > 1;
    return transfers || strcmp(fault->how, "EIO") == 0;
}

/* Does half of a read or write in the program's place. */
static void do_half(const struct fault *fault, const struct seccomp_notif *asked,
                    struct seccomp_notif_resp *answer) {
    static char buffer[1 << 16];
    const unsigned long long *args = asked->data.args;
    size_t size = args[2] / 2 < sizeof buffer ? args[2] / 2 : sizeof buffer;
    struct iovec here = {buffer, size}, there = {(void *)(size_t)args[1], size};
    const int fd = (int)syscall(SYS_pidfd_getfd, fault->process, (int)args[0], 0);
    ssize_t done = -1;
    if (fd >= 0 && asked->data.nr == SYS_write) {
        if (process_vm_readv(fault->pid, &here, 1, &there, 1, 0) == (ssize_t)size)
            done = write(fd, buffer, size);
    } else if (fd >= 0) {
        done = asked->data.nr == SYS_read ? read(fd, buffer, size)
                                          : pread(fd, buffer, size, (off_t)args[3]);
        here.iov_len = there.iov_len = done > 0 ? (size_t)done : 0;
        if (done > 0 && process_vm_writev(fault->pid, &here, 1, &there, 1, 0) != done)
            done = -1;
    }
    answer->error = done < 0 ? -errno : 0;
    answer->val = done < 0 ? 0 : done;
    if (fd >= 0)
        close(fd);
}

static void mark(const char *name) {
    FILE *file = fopen(getenv("FAIL_MARK"), "a");
    if (file != NULL) {
        fprintf(file, "%s\n", name);
        fclose(file);
    }
}

static void decide(struct fault *fault, const struct seccomp_notif *asked,
                   struct seccomp_notif_resp *answer) {
    const struct call *call = call_of(asked);
    *answer =
        (struct seccomp_notif_resp){.id = asked->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    fault->begun |= call->number == SYS_fcntl && asked->data.args[0] == STDIN_FILENO &&
                    asked->data.args[1] == F_GETFD;
    if (!counts(fault, call, asked) || ++fault->count < fault->at || fault->at == 0 ||
        (fault->count > fault->at && !fault->on))
        return;
    mark(call->name);
    answer->flags = 0;
    if (strcmp(fault->how, "short") == 0)
        do_half(fault, asked, answer);
    else
        answer->error = strcmp(fault->how, "ENOSPC") == 0  ? -ENOSPC
                        : strcmp(fault->how, "EINTR") == 0 ? -EINTR
                                                           : -EIO;
}

/* Answers until the program has ended. */
static void listen_to(struct fault *fault, int listener) {
    struct pollfd wait = {.fd = listener, .events = POLLIN};
    while (poll(&wait, 1, -1) > 0 && (wait.revents & POLLIN) != 0) {
        struct seccomp_notif asked = {0};
        struct seccomp_notif_resp answer;
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
            continue; /* the program has ended meanwhile */
        decide(fault, &asked, &answer);
        (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
    }
}

int main(int argc, char **argv) {
    static char stack[1 << 16];
    struct child child = {.command = argv + 1, .listener = -1, .failed = "clone"};
    const char *at = getenv("FAIL_AT"), *how = getenv("FAIL_HOW");
    if (argc < 2)
        return fprintf(stderr, "usage: fail-call COMMAND...\n"), 126;
    /* Of files the child shares the table, so the listener is here as well; it runs first. */
    const int pid =
        clone(run, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &child);
    struct fault fault = {.at = at != NULL ? strtoul(at, NULL, 10) : 0,
                          .on = getenv("FAIL_ON") != NULL,
                          .how = how != NULL ? how : "EIO",
                          .pid = pid,
                          .process = (int)syscall(SYS_pidfd_open, pid, 0)};
    if (child.listener >= 0)
        listen_to(&fault, child.listener);
    int status;
    if (pid < 0 || waitpid(pid, &status, 0) != pid ||
        (WIFEXITED(status) && WEXITSTATUS(status) == 126))
        return fprintf(stderr, "fail-call: %s: %s\n", child.failed, strerror(errno)), 126;
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}
