// CLAIM: strstr: position from 1, 0 if absent
// SPEC: 5.8
@@BEGIN { String s[20]; s = "hello world"; printf("%d %d %d %d\n", strstr(s, "hello"), strstr(s, "wor"), strstr(s, "x"), strstr("ab", "abc")); exit(); }
