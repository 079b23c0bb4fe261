// CLAIM: a String argument carries its own double quotes
// SPEC: 1.7
// ARGV: '"/etc/passwd"'
@@BEGIN { String s[20]; s = "/etc/passwd"; if (s == $1) printf("same %s\n", $1); exit(); }
