/* steps.c: loaded into virtnet, it ends it with SIGKILL just before its VIRTNET_STEP-th action: a file that is renamed, linked or
   removed, a signal, a program that is started, a request to a daemon. Before the next action is after the one before.
   What it does not reach any more is said on standard error. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

static pid_t self;
static int left;

__attribute__((constructor)) static void arm(void)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    const char *step = getenv("VIRTNET_STEP");
    if (length < 0 || !step)
        return;
    program[length] = 0;
    if (strcmp(strrchr(program, '/'), "/virtnet") != 0)
        return;
    self = getpid();
    left = atoi(step);
    unsetenv("LD_PRELOAD");
}

/* A child that is about to become another program shares memory with its parent, which is who is meant. */
static void step(const char *action, const char *what)
{
    if (!self || __atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST) != 0)
        return;
    dprintf(2, "killed before: %s %s\n", action, what);
    int (*real)(pid_t, int) = (int (*)(pid_t, int))dlsym(RTLD_NEXT, "kill");
    real(self, SIGKILL);
    _exit(1); /* what was to be another program; it has the locks of what was killed */
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int rename(const char *from, const char *to) { REAL(rename); step("rename", to); return real(from, to); }
int unlink(const char *path) { REAL(unlink); step("unlink", path); return real(path); }
int rmdir(const char *path) { REAL(rmdir); step("rmdir", path); return real(path); }
int symlink(const char *target, const char *path) { REAL(symlink); step("symlink", path); return real(target, path); }
int kill(pid_t pid, int number) { REAL(kill); if (number) step("kill", strsignal(number)); return real(pid, number); }
ssize_t send(int fd, const void *data, size_t size, int flags) { REAL(send); step("send", ""); return real(fd, data, size, flags); }
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) { REAL(sendmsg); step("sendmsg", ""); return real(fd, message, flags); }

int execve(const char *path, char *const arguments[], char *const environment[])
{
    REAL(execve);
    char line[256] = "";
    for (int i = 1; arguments[0] && arguments[i]; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), " %s", arguments[i]);
    step(path, line);
    return real(path, arguments, environment);
}
