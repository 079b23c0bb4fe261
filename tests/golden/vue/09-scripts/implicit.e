#!/usr/bin/probevue
// CLAIM: implicit globals, #-commented lines, doubled parentheses, blanks before (, arguments over several lines
// SPEC: 9
// ARGS: -r $DATA/dns.pcap

#  watches name servers
# 	written by hand

@@BEGIN
{
	String client[40];
	total = 0;
	client = "nobody";
	limit = 3;
}

@@net:bpf:en0:udp:"udp port 53"
when ((__udphdr->dst_port == 53))
{
	total ++ ;
	last_port = __udphdr->src_port;
	when_last = timestamp ();
#	printf("packet %d\n", total);
	if ((total <= limit))
	{
		if (( __ip4hdr->src_addr == "192.0.2.2" ))
			client = "client";
		else
			client = "other";
		printf ("%s %d %ld\n" ,
			client ,
			last_port,
			total) ;
	}
    # printf("more\n");
	ports[last_port]++;
}

@@END
{
	avg_x100 = total * 100 / limit;
	printf("%d questions, %lld per cent of the limit, last from %d", total, avg_x100, last_port);
	if (when_last) printf(" at %A", when_last);
}
