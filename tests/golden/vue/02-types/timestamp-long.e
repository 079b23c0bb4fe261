// CLAIM: long and long long may hold a timestamp
// SPEC: 2.6
@@BEGIN { long l; long long m; l = timestamp(); m = timestamp(); printf("%d %d\n", l > 0, m >= l); exit(); }
