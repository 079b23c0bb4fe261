// CLAIM: split: the piece between separators, counted from 1, or from the end from -1; empty where there is none
// SPEC: 5.8
// extension: AIX has no such function
int n;
@@BEGIN {
    String s[40], by[3];
    s = "www.example.com";
    printf("[%s] [%s] [%s] [%s]\n", split(s, ".", 1), split(s, ".", 2), split(s, ".", 3), split(s, ".", 4));
    printf("[%s] [%s] [%s] [%s]\n", split(s, ".", -1), split(s, ".", -2), split(s, ".", -3), split(s, ".", -4));
    printf("[%s] [%s] [%s]\n", split("a", ":", 1), split("a", ":", 2), split("a", ":", -1));
    // Separators of several bytes, side by side, at the ends.
    printf("[%s] [%s] [%s]\n", split("a, b, c", ", ", 2), split("a::b", ":", 2), split("a::b", "::", 2));
    printf("[%s] [%s] [%s] [%s]\n", split("/a/", "/", 1), split("/a/", "/", 2), split("/a/", "/", 3), split("/a/", "/", -1));
    printf("[%s] [%s]\n", split("", ".", 1), split("a:::b", "::", -1));
    n = 0;
    printf("[%s] [%s] [%s]\n", split(s, ".", n), split(s, by, 1), split(s, by, 2));
    exit();
}
