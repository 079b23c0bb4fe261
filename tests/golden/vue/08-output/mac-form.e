// CLAIM: MAC addresses in lower case with colons
// SPEC: 8.2
@@BEGIN { mac_addr_t m; printf("%M\n", m); m = "AA:BB:CC:DD:EE:FF"; printf("%M\n", m); exit(); }
