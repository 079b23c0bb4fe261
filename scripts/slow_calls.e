#!/usr/bin/env probevue
/*
 * Calls of a function that take longer than some microseconds, and who called. Told as they happen; at the end how
 * long all of them took. The function is one of a program or of a library that it uses. The arguments are the
 * program, the function and the microseconds.
 *
 * topic:    processes
 * live:     probevue slow_calls /usr/bin/curl getaddrinfo 20000   until Ctrl-C
 *           probevue -X /usr/bin/curl -A http://192.0.2.1/ slow_calls /usr/bin/curl connect 20000
 */

@@uft:$1:*:$2:entry
{
    thread:begun = timestamp();
}

@@uft:$1:*:$2:exit
    when (thread:begun != 0)
{
    __auto long long usec;

    usec = diff_time(thread:begun, timestamp(), MICROSECONDS);
    append(microseconds[get_function()], usec);
    if (usec >= $3) {
        printf("%A %s[%d] %s took %lld us, called from\n", timestamp(), __pname, __pid, get_function(), usec);
        stktrace(PRINT_SYMBOLS, 3);
    }
    thread:begun = 0;
}

@@END
{
    print(microseconds);
}
