// CLAIM: bits of a packed structure that lie in no storage unit of their type are refused by name
// SPEC: 1.4
// EXIT: 2
struct within { unsigned short a : 12; unsigned short b : 12; } __attribute__((packed));
struct behind { unsigned int a : 8; char b; } __attribute__((packed));
struct beyond { unsigned int a : 8; } __attribute__((packed));
@@BEGIN { exit(); }
