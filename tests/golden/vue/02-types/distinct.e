// CLAIM: different values are counted once, of every type, alone and several together; Strings of any length agree
// SPEC: 2.5
// extension: AIX has no counts of different values
// ARGS: -r $DATA/web.pcap
distinct_t u;
String longer[200];
String shorter[8];
ip_addr_t a;
@@net:bpf:any:*:"" { add_distinct(u, __pkt->number % 100); add_distinct(exact, __pkt->number); add_distinct(exact, __pkt->number); }
@@END {
    unsigned short s;
    long long wide;
    printf("%lld %lld\n", distinct(u), distinct(exact));
    longer = "a"; shorter = "a";
    add_distinct(text, longer); add_distinct(text, shorter); add_distinct(text, "a"); add_distinct(text, "");
    s = 7; wide = 7;
    add_distinct(number, s); add_distinct(number, wide); add_distinct(number, 7); add_distinct(number, -7);
    a = "192.0.2.1";
    add_distinct(address, a); add_distinct(address, a);
    a = "2001:db8::1";
    add_distinct(address, a);
    add_distinct(pair, "a", "bc"); add_distinct(pair, "ab", "c"); add_distinct(pair, "a", "bc");
    add_distinct(by["x"], 1, 2); add_distinct(by["x"], 2, 1); add_distinct(by["y"], 1, 2);
    print(text); print(number); print(address); print(pair); print(by);
    printf("%lld\n", distinct(by["z"]));
}
