// CLAIM: an address as an argument says how it is quoted
// SPEC: 1.7
// ARGV: 127.0.0.1
// EXIT: 2
ip_addr_t there;
@@BEGIN { there = $1; exit(); }
