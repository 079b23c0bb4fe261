// CLAIM: atoi: leading digits, 0 if none
// SPEC: 5.8
@@BEGIN { printf("%d %d %d %d %d\n", atoi("42"), atoi("7up"), atoi("x"), atoi(""), atoi("-13")); exit(); }
