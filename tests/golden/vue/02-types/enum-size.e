// CLAIM: an enum has 4 bytes and counts from 0
// SPEC: 2.1
enum color { red, green = 5, blue };
@@BEGIN { enum color c; c = blue; printf("%d %d %d %d %d\n", sizeof(enum color), red, green, blue, c); exit(); }
