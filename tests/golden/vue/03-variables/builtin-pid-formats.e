// CLAIM: %d, %ld and %lld all print a pid
// SPEC: 3.4
@@BEGIN { if (__trcid > 0) { printf("%d %ld %lld\n", __trcid - __trcid, __trcid - __trcid, __trcid - __trcid); } exit(); }
