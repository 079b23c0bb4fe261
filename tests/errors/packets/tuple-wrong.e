// CLAIM: probe tuples with fields missing, too many, or not of their kind
// EXIT: 2
@@net:bpf:eth0:tcp { exit(); }
@@net:bpf:eth0:tcp:"port 80":more { exit(); }
@@net:bpf:eth0:tcp:port80 { exit(); }
@@net:bpf:*:tcp:"port 80" { exit(); }
@@interval:*:clock:150 { exit(); }
@@interval:*:clock:fast { exit(); }
@@interval:*:clock:0 { exit(); }
