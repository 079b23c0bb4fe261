// CLAIM: its built-ins say so too
// SPEC: 6.11
// EXIT: 2
// absent: __iobuf __lvol __volgrp __diskinfo __diskcmd __iopath __file __j2info
@@syscall:*:read:entry { printf("%lld\n", __iobuf->bufid); }
