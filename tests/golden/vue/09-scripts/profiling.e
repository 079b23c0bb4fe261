#!/usr/bin/probevue
// CLAIM: a profiling script: samples of a process by its stack
// SPEC: 9
// ARGS: --check
// ARGV: 1
/* samples the stacks of one process */
int samples;

@@BEGIN { printf("sampling %d, hit ^C to stop\n", $1); }

@@interval:$1:clock:10
{
    samples++;
    stacks[get_stktrace(-1)]++;
    states[__curthread->threadstate]++;
    printf("%T\n", get_stktrace(-1));
    stktrace(PRINT_SYMBOLS | GET_USER_TRACE, -1);
}

@@END
{
    printf("%d samples\n", samples);
    quantize(states, 40);
    print(stacks, 20, SORT_BY_VALUE | SORT_TYPE_DESCEND);
}
