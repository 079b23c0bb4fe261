// CLAIM: with a process any number of milliseconds
// SPEC: 6.7
// ARGS: --check
@@interval:1:clock:1 { stacks[get_stktrace(-1)]++; printf("%lld\n", __curthread->tid); }
