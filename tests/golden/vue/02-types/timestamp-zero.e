// CLAIM: a timestamp may be set to 0 and compared with 0
// SPEC: 2.6
probev_timestamp_t t;
@@BEGIN { probev_timestamp_t u; printf("%d ", t == 0); t = timestamp(); u = 0; printf("%d %d %d\n", t > 0, u == 0, t != 0); exit(); }
