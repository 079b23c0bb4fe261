// CLAIM: trace prints a String as text
// SPEC: 5.1
@@BEGIN { trace("text"); exit(); }
