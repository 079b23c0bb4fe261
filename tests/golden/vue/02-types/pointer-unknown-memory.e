// CLAIM: a pointer into nothing ends nothing: it reads as 0
// SPEC: 2.1
@@BEGIN { char *p; int x; p = (char *)1234; x = *p; printf("%d\n", x); exit(); }
