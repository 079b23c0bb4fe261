// CLAIM: __stat does not exist on Linux
// SPEC: 3.6
// EXIT: 2
// absent: statistics of AIX components
@@BEGIN { printf("%lld\n", __stat.io.disk.hdisk9->transfers); exit(); }
