// CLAIM: mdata, stkmax and maxfd are not in __ublock
// SPEC: 3.4
// EXIT: 2
// differs: get_ublock() reads stkmax and maxfd
@@syscall:*:read:entry { printf("%lld\n", __ublock->maxfd); }
