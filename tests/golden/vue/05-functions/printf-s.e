// CLAIM: %s a String
// SPEC: 5.1
@@BEGIN { String s[9]; s = "abc"; printf("[%s] [%5s] [%-5s] [%.2s] [%-4.1s]\n", s, s, s, s, s); exit(); }
