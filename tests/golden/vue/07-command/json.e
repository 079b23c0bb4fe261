// CLAIM: --format json: one object a line
// SPEC: 7.1
// ARGS: --format json -r $DATA/telnet.pcap
// STDERR: ignore
// extension: not on AIX
@@END { a["x"] = 1; print(a); }
