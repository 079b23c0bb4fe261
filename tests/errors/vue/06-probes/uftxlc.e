// CLAIM: @@uftxlc++ is parsed and refused
// SPEC: 6.5
// EXIT: 2
// absent: C++ signatures are not understood; @@uft takes the mangled name
@@uftxlc++:12345:*:"Foo::bar(int)":entry { }
