// CLAIM: %H a host name; the number when there is none
// SPEC: 5.1
// ARGS: -n
@@BEGIN { ip_addr_t a; a = "192.0.2.77"; printf("%H\n", a); exit(); }
