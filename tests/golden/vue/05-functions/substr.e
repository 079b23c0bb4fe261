// CLAIM: substr: the part that begins at a position, from 0; without a length, or with -1, to the end; clipped where the text ends
// SPEC: 5.8
// extension: AIX has no such function
int from;
@@BEGIN {
    String s[20];
    s = "hello world";
    printf("[%s] [%s] [%s] [%s] [%s]\n", substr(s, 0, 5), substr(s, 6), substr(s, 6, -1), substr(s, 10, 1), substr(s, 4, 3));
    printf("[%s] [%s] [%s] [%s]\n", substr(s, 11), substr(s, 9, 50), substr(s, 300, 2), substr(s, 3, 0));
    from = -2;
    printf("[%s] [%s] [%s]\n", substr(s, from, 5), substr(s, from, 2), substr(s, from));
    // Of itself, of a part, with its own position.
    s = substr(s, 6);
    printf("[%s] [%s] [%s]\n", s, substr(substr("abcdef", 1, 4), 2), substr("key=value", str_pos("key=value", "=") + 1));
    first[substr("abcdef", 0, 3)]++;
    print(first);
    exit();
}
