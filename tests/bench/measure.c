/* measure COMMAND...: runs the command with its standard output thrown away and prints wall seconds, CPU seconds and the
 * largest resident memory in kilobytes. The exit status is the command's. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(long seconds, long nanoseconds) { return (double)seconds + (double)nanoseconds / 1e9; }

static void run(char **command) {
    const int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere < 0 || dup2(nowhere, STDOUT_FILENO) < 0) _exit(126);
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

int main(int argc, char **argv) {
    struct timespec start, stop;
    struct rusage usage;
    int status;
    if (argc < 2) {
        fprintf(stderr, "usage: %s COMMAND...\n", argv[0]);
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &start);
    const pid_t child = fork();
    if (child == 0) run(argv + 1);
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    const double wall = seconds_of(stop.tv_sec, stop.tv_nsec) - seconds_of(start.tv_sec, start.tv_nsec);
    const double cpu = seconds_of(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec,
                                  (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000L);
    printf("%.4f %.4f %ld\n", wall, cpu, usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
