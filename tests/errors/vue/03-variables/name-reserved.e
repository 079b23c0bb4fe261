// CLAIM: names with __ belong to the language
// SPEC: 3.7
// EXIT: 2
int __mine;
@@BEGIN { exit(); }
