// CLAIM: typical use: initialise from $n, print in END
// SPEC: 6.1
// ARGV: 5
int limit;
@@BEGIN { limit = $1; printf("hit ^C to stop\n"); a[limit]++; exit(); }
@@END { print(a); clear(a); }
