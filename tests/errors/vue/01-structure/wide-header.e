// CLAIM: what holds an integer of 16 bytes of a header is refused where it is used
// SPEC: 1.4
// ARGS: -I ../../../golden/vue/headers/wide.i
// EXIT: 2
@@BEGIN
{
    struct wide x;
    __u128 y;
    exit();
}
