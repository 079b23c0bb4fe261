// CLAIM: List is documentation style, the keyword is __list
// SPEC: 2.12
// EXIT: 2
List l;
@@BEGIN { exit(); }
