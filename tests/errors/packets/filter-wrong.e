// CLAIM: a filter that libpcap refuses: the caret is inside the string
// EXIT: 2
@@net:bpf:eth0:tcp:"port 80 and hots 192.0.2.1" { exit(); }
@@net:bpf:eth0:tcp:"tcp[tcpflags" { exit(); }
@@net:bpf:eth0:tcp:"host 192.0.2.300" { exit(); }
@@net:bpf:eth0:tcp:"port 99999" { exit(); }
@@net:bpf:eth0:tcp:"port 80 and" { exit(); }
