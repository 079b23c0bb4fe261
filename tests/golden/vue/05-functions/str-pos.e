// CLAIM: str_pos: position from 0, as substr counts, -1 if absent
// SPEC: 5.8
// extension: AIX has no such function
@@BEGIN {
    String s[20];
    s = "hello world";
    printf("%d %d %d %d %d\n", str_pos(s, "hello"), str_pos(s, "wor"), str_pos(s, "x"), str_pos("ab", "abc"), str_pos(s, ""));
    if (str_pos(s, "x") < 0) printf("none\n");
    exit();
}
