// CLAIM: the predicate stands behind the probe, not before it
// SPEC: 1.1
// EXIT: 2
@@BEGIN { exit(); }
when (1) @@END { }
