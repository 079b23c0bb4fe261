// CLAIM: %c a character
// SPEC: 5.1
@@BEGIN { char c; c = 'x'; printf("%c%c%c\n", c, 65, '!'); exit(); }
