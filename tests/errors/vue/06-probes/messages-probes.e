// CLAIM: what is wrong in probes is said where it stands
// SPEC: 2.1
// EXIT: 2
@@net:bpf:any:icmp:"icmp" { exit(); }
@@net:bpf:lo::"tcp" { exit(); }
@@interval:*:clock:99999999999 { exit(); }
@@interval:*:clock:"" { exit(); }
@@syscall:"":read:entry { exit(); }
@@uft:"":*:main:entry { exit(); }
@@uft:1:*:"":entry { exit(); }
@@net:bpf:"":tcp:"tcp" { exit(); }
@@interval { exit(); }
