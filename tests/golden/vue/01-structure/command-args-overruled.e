#VUE_CMD_ARGS -c timestamp=0 -r nothing
int n;
@@net:bpf:eth0:tcp:"port 23" when (n < 2) { n++; printf("%d\n", n); }
