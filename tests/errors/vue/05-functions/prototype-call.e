// CLAIM: functions of the probed program cannot be called
// SPEC: 5
// EXIT: 2
int getpid(void);
@@BEGIN { int x; x = getpid(); exit(); }
