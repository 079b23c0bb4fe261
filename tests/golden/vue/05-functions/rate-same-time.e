// CLAIM: rate prints nothing, and says so, where no time has passed since the last look, or before the session began
// SPEC: 5.7
// extension: AIX prints arrays as they are
// ARGS: -r $DATA/web.pcap
@@BEGIN { n["x"] = 1; rate(n); }
@@interval:*:clock:1000 { n["x"] += 5; rate(n); rate(n); exit(); }
