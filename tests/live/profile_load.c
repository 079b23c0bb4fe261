/*
 * A program for profiles: uses processor time in two functions, connects to a port where nobody listens, and says on
 * standard output how much time each function took by the thread's own clock: "major_work 0.701", "minor_work 0.299".
 * usage: profile_load SECONDS CONNECTIONS ADDRESS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sum;

static double used(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Not inlined, and no tail calls: each is a frame of its own. */
__attribute__((noinline)) void major_work(void) {
    for (int i = 0; i < 700000; ++i) sum += (unsigned long)i;
    __asm__ volatile("" ::: "memory");
}
__attribute__((noinline)) void minor_work(void) {
    for (int i = 0; i < 300000; ++i) sum += (unsigned long)i;
    __asm__ volatile("" ::: "memory");
}
__attribute__((noinline)) void connect_once(const char* address) {
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(81);
    inet_pton(AF_INET, address, &to.sin_addr);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    connect(fd, (const struct sockaddr*)&to, sizeof to);
    close(fd);
}

int main(int count, char** arguments) {
    if (count != 4) return 2;
    const double seconds = atof(arguments[1]);
    double major = 0;
    double minor = 0;
    for (int i = atoi(arguments[2]); i > 0; --i) connect_once(arguments[3]);
    while (major + minor < seconds) {
        const double begun = used();
        major_work();
        const double between = used();
        minor_work();
        major += between - begun;
        minor += used() - between;
    }
    printf("major_work %.3f\nminor_work %.3f\n", major, minor);
    fflush(stdout);
    sleep(1); /* its functions have names while it is there */
    return 0;
}
