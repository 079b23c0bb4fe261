// CLAIM: @@uftxlc++ is parsed and refused
// SPEC: 6.5
// EXIT: 2
// absent: @@uft takes C++ names, with or without parameters
@@uftxlc++:12345:*:"Foo::bar(int)":entry { }
