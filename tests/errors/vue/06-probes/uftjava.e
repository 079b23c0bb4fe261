// CLAIM: @@uftjava is parsed and refused
// SPEC: 6.6
// EXIT: 2
// absent: the Java virtual machine is not probed
@@uftjava:12345:*:pkg.Class.method:entry { }
