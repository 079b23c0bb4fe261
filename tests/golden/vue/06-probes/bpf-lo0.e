// CLAIM: lo0 is lo
// SPEC: 6.10.2
// ARGS: --check
@@net:bpf:lo0:tcp:"port 23" { }
