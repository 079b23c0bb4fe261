/* What is told and begins anew at each interval, and lines between. */
@@net:bpf:any:*:""
{
    printf("%I %d\n", __pkt->src_addr, __pkt->len);
    n[__pkt->protocol]++;
    total += __pkt->len;
}
@@interval:*:clock:1000
{
    printf("%d\n", total);
    print(n);
    clear(n);
    total = 0;
}
