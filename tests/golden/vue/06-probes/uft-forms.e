// CLAIM: @@uft by process id or program, quoted or bare, entry and exit
// SPEC: 6.4
// ARGS: --check
@@uft:1:*:main:entry { }
@@uft:/bin/sh:*:main:exit { }
@@uft:"/bin/sh":*:main:entry { }
@@uft : /bin/sh:* :main:entry { }
