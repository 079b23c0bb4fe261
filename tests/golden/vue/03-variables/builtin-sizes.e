// CLAIM: pids are long long, user ids unsigned int, __pname a String[32]
// SPEC: 3.4
@@BEGIN { printf("%d %d %d %d %d %d\n", sizeof(__tid), sizeof(__pid), sizeof(__uid), sizeof(__euid), sizeof(__trcid), sizeof(__pname)); exit(); }
