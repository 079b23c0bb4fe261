// CLAIM: unsigned values and keys print unsigned
// SPEC: 8.3
@@BEGIN { unsigned int u; u = 4294967295; a[u] = u; print(a); exit(); }
