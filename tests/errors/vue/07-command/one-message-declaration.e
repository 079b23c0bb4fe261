// CLAIM: one mistake, one message: a declaration with an error declares nothing, and nobody misses it
// SPEC: 7.6
// EXIT: 2
struct pair { int first second; };
__list l l2;
@@BEGIN { __auto struct pair p; p.first = 1; append(l, p.second); seen[p.first]++; exit(); }
