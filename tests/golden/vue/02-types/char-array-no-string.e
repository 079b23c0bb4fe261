// CLAIM: a character array holds characters, one by one
// SPEC: 2.1
@@BEGIN { char b[4]; b[0] = 'h'; b[1] = 'i'; printf("%c%c %d\n", b[0], b[1], sizeof(b)); exit(); }
