/* measure COMMAND...: runs the command with its standard output thrown away and prints wall seconds, CPU seconds, the
 * largest resident memory in kilobytes and the CPU seconds of its first thread. The exit status is the command's. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(long seconds, long nanoseconds) { return (double)seconds + (double)nanoseconds / 1e9; }

/* CPU seconds of the first thread of a process that has ended and was not waited for yet, from what its scheduler
 * counted (Documentation/scheduler/sched-stats.rst); -1: not known. */
static double first_thread(pid_t child) {
    char name[64];
    unsigned long long nanoseconds = 0;
    snprintf(name, sizeof(name), "/proc/%d/task/%d/schedstat", (int)child, (int)child);
    FILE* file = fopen(name, "r");
    const int got = file == NULL ? 0 : fscanf(file, "%llu", &nanoseconds);
    if (file != NULL) fclose(file);
    return got == 1 ? (double)nanoseconds / 1e9 : -1;
}

static void run(char** command) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) _exit(126);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

int main(int argc, char** argv) {
    struct timespec start, stop;
    struct rusage usage;
    siginfo_t ended;
    int status;
    if (argc < 2) {
        fprintf(stderr, "usage: %s COMMAND...\n", argv[0]);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    const pid_t child = fork();
    if (child == 0) run(argv + 1);
    if (child < 0 || waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) != 0) {
        perror("measure");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    const double first = first_thread(child);
    if (wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    const double wall = seconds_of(stop.tv_sec, stop.tv_nsec) - seconds_of(start.tv_sec, start.tv_nsec);
    const double cpu = seconds_of(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec,
                                  (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000L);
    printf("%.4f %.4f %ld %.4f\n", wall, cpu, usage.ru_maxrss, first);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
