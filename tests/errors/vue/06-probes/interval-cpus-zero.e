// CLAIM: an interval of processors is at least a millisecond: an interval of processors is at least 1 millisecond
// SPEC: 6.7
// EXIT: 2
@@interval:*:clock:0:* { exit(); }
