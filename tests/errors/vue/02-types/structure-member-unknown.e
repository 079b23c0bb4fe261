// CLAIM: a member that does not exist
// SPEC: 2.1
// EXIT: 2
struct s { int length; };
@@BEGIN { struct s x; x.lenght = 3; exit(); }
