// CLAIM: an ip_addr_t that is not set
// SPEC: 2.10
ip_addr_t a;
@@BEGIN { printf("%I\n", a); exit(); }
