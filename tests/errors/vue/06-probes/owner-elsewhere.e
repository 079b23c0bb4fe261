// CLAIM: whose a socket is has a meaning only where the kernel tells of a socket
// SPEC: 6.10.14
// EXIT: 2
@@BEGIN { trace(__owner->pid); }
@@net:bpf:eth0:tcp:"" { trace(__owner->name); }
@@syscall:*:read:entry { trace(__owner->uid); }
