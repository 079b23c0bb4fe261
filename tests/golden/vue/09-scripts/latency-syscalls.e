#!/bin/probevue
// CLAIM: network latency across system calls and packets: a request is timed from its packet to the answer
// SPEC: 9
// ARGS: --check
# latency of a client's requests, as seen on the wire
# usage: latency.e
int read(int fd, char *buf, unsigned long n);
__global int shown;
__list rtt;

@@BEGIN
{
	shown = 0;
	printf("port  microseconds\n");
}

@@syscall:*:read:entry when (__arg1 > 2)
{
	thread:entered = timestamp();
}

@@syscall:*:read:exit when (thread:entered != 0)
{
	reads[__pname]++;
	thread:entered = 0;
}

@@net:bpf:en5:tcp:"dst port 23 and tcp[13] & 8 != 0"
{
	sent[__tcphdr->src_port] = timestamp();
}

@@net:bpf:en5:tcp:"src port 23 and tcp[13] & 8 != 0"
	when (sent[__tcphdr->dst_port] != 0)
{
	__auto long long us;
	us = diff_time(sent[__tcphdr->dst_port], timestamp(), MICROSECONDS);
	append(rtt, us);
	if (shown < 3) {
		printf("%-5d %lld\n", __tcphdr->dst_port, us);
		shown++;
	}
	delete(sent, __tcphdr->dst_port);
}

@@END
{
	printf("%lld answers, avg %lld, min %lld, max %lld\n", count(rtt), avg(rtt), min(rtt), max(rtt));
	print(reads);
}
