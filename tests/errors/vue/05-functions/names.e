// CLAIM: name_of needs a value whose names are known, or a set that there is
// SPEC: 5.9
// extension: AIX has no such functions
// EXIT: 2
@@net:bpf:any:tcp:"tcp" {
    a = name_of(__pkt->len);
    b = name_of(7);
    c = name_of(7, "tcpstate");
    d = name_of(7, "colours");
    e = name_of("x", "error");
}
@@END { f = __interval; l = list(); g[1] = "x"; rate(g); rate(h, SORT_BY_KEY); h[1]++; add_dist(d2[1], 4); rate(d2); }
