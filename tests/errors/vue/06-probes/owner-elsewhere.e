// CLAIM: whose a socket or packet is has a meaning only where there is one
// SPEC: 6.10.14
// EXIT: 2
@@BEGIN { trace(__owner->pid); }
@@interval:*:clock:100 { trace(__owner->name); }
@@syscall:*:read:entry { trace(__owner->uid); }
