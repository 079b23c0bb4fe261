// CLAIM: get_cwd reads the working directory
// SPEC: 3.5
@@BEGIN { String s[1024]; int r; r = get_cwd(__trcid, s); printf("%d %d\n", r, strstr(s, "/03-variables") > 0); exit(); }
