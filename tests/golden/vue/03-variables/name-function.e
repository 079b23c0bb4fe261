// CLAIM: a variable or array may have the name of a library function, as in examples of the documents
// SPEC: 3.7
int count;
__list l;
@@BEGIN { append(l, 4); count = 5; max["ksh"] = 1; printf("%d %d %lld\n", count, max["ksh"], count(l)); exit(); }
