// CLAIM: parts of Strings that can never be there are said
// SPEC: 5.8
// extension: AIX has no such functions
// EXIT: 2
@@BEGIN {
    String s[10];
    s = substr("text", -1);
    s = substr("text");
    s = split("text", "", 1);
    s = split("text", ".", 0);
    s = split("text", ".");
    s = str_pos("text", "x");
    s = to_lower(5);
}
