// CLAIM: get_ublock reads the user area
// SPEC: 3.5
@@BEGIN { long long v; int r; r = get_ublock(__trcid, IS64U, v); printf("%d %lld\n", r, v); exit(); }
