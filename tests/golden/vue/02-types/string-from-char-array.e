// CLAIM: char arrays become Strings where one is needed
// SPEC: 2.2
struct s { char name[8]; };
@@BEGIN { struct s v; String t[8]; v.name[0] = 'o'; v.name[1] = 'k'; t = v.name; printf("%s %d\n", t, v.name == "ok"); exit(); }
