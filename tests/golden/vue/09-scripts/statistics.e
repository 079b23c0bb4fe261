#!/usr/bin/probevue
// CLAIM: a list statistics script: count, max, min, avg over intervals, cleared with list()
// SPEC: 9
// ARGS: -r $DATA/web.pcap
// ARGV: 80
__list sizes;
__list all;
int intervals;
int bigger;

@@net:bpf:eth0:tcp:"tcp port 80"
    when ((__tcphdr->src_port == $1) || (__tcphdr->dst_port == $1))
{
    append(sizes, __ip4hdr->total_len);
    append(all, __ip4hdr->total_len);
    if (__ip4hdr->total_len > 1000)
        bigger++;
}

@@interval:*:clock:60000
{
    intervals++;
    printf("%A: n=%lld avg=%lld max=%lld\n", timestamp(), count(sizes), avg(sizes), max(sizes));
    sizes = list();
}

@@END
{
    printf("n=%lld sum=%lld avg=%lld max=%lld min=%lld bigger=%d rest=%lld\n", count(all), sum(all), avg(all), max(all), min(all), bigger, count(sizes));
    sizes = list();
    printf("%lld\n", count(sizes));
}
