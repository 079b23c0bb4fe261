// CLAIM: an unknown probe type, with the one that was meant
// EXIT: 2
@@nett:bpf:eth0:tcp:"port 80" { exit(); }
@@begin { exit(); }
@@intervall:*:clock:1000 { exit(); }
@@net:bfp:eth0:tcp:"port 80" { exit(); }
