// CLAIM: division by zero gives 0 and one warning a site
// SPEC: 1.6
int z;
@@BEGIN { printf("%d %d\n", 5 / z, 7 % (z + 1)); exit(); }
