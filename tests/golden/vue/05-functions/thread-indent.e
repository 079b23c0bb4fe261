// CLAIM: thread_indent counts the depth of each thread, entries before the text and exits behind it
// SPEC: 5.9
// ARGS: -r $DATA/functions.pcapng
// extension: as SystemTap has it
@@kft:__sys_socket*:entry when (__pname == "perl") { s = thread_indent(1); printf("%s(\n", s); deeper = thread_indent(2); printf("%s((\n", deeper); }
@@kft:__sys_socket*:exit when (__pname == "perl") { printf("%s))\n", thread_indent(-2)); printf("%s)\n", thread_indent(-1)); printf("%s\n", thread_indent(-1)); }
