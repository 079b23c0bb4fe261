// CLAIM: a list of processors: `*`, 10-20, 10|12, 10|12-20
// SPEC: 6.7
// ARGS: --check
@@interval:*:clock:100:* { }
@@interval:*:clock:100:10-20 { }
@@interval:*:clock:100:10|12 { }
@@interval:*:clock:100:10|12-20 { }
