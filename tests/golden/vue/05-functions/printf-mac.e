// CLAIM: %M a MAC address
// SPEC: 5.1
@@BEGIN { mac_addr_t m; m = "0a:0B:cc:00:01:ff"; printf("%M [%20M] [%-20M]\n", m, m, m); exit(); }
