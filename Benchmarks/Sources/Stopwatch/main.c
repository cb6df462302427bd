// Runs one command and writes what it took as a line of JSON into RESULT. A program of its own, small and in C,
// because a process inherits the peak memory of the one that it was forked from: started by Python, no command would
// ever seem to need less than Python.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char USAGE[] = "usage: stopwatch RESULT COMMAND [ARGUMENT...]\n";

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0) fail("clock_gettime");
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

/// The command must not outlive the one that measures it.
static void end_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("prctl");
    if (getppid() != parent) _exit(1);
}

/// Times are seconds, start and end of the monotonic clock; CPU and peak memory are wait4's: the command with all
/// its descendants that were waited for, and the largest single process of them.
static void report(const char *path, double started, double ended, int status, const struct rusage *usage) {
    FILE *result = fopen(path, "we");
    if (result == NULL) fail(path);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    fprintf(
        result,
        "{\"status\": %d, \"started\": %.6f, \"ended\": %.6f, \"user\": %.6f, \"system\": %.6f, \"peakKiB\": %ld}\n",
        code, started, ended, seconds(usage->ru_utime), seconds(usage->ru_stime), usage->ru_maxrss
    );
    if (fclose(result) != 0) fail(path);
}

int main(int count, char **arguments) {
    if (count < 3) {
        fputs(USAGE, stderr);
        return 2;
    }
    pid_t self = getpid();
    double started = now();
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child == 0) {
        end_with_parent(self);
        execvp(arguments[2], arguments + 2);
        fprintf(stderr, "stopwatch: %s: %s\n", arguments[2], strerror(errno));
        _exit(127);
    }
    // The command alone reads and writes the pipes, so that their ends are seen.
    close(STDIN_FILENO);
    close(STDOUT_FILENO);

    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {
        if (errno != EINTR) fail("wait4");
    }
    report(arguments[1], started, now(), status, &usage);
    return 0;
}
