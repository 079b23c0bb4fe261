// CLAIM: top prints the elements of the greatest values, the greatest first
// SPEC: 5.7
// extension: AIX has print with SORT_BY_VALUE
// ARGS: -r $DATA/web.pcap
@@net:bpf:any:*:"" { h[__pkt->number * 16][__pkt->number * 256] = __pkt->number; }
@@END {
    a["x"] = 5; a["y"] = 9; a["z"] = -3; a["w"] = 9;
    top(a, 3);
    top(a, 2, SORT_TYPE_ASCEND);
    top(a, 0);
    top(h, 2, PRINT_HEX);
    print(h, 2, PRINT_HEX);
    n[-1]++;
    print(n, PRINT_HEX);
}
