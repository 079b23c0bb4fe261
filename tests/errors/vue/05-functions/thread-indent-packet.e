// CLAIM: thread_indent has no meaning where no thread is known
// SPEC: 5.9
// EXIT: 2
@@net:bpf:eth0:tcp:"port 23" { printf("%s\n", thread_indent(1)); }
@@net:tcp:retransmit { printf("%s\n", thread_indent(1)); }
@@kft:tcp_v4_connect:entry { printf("%s\n", thread_indent("1")); }
