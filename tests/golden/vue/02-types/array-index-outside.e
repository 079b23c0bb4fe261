// CLAIM: an index that falls outside at run time ends nothing: element 0 is used, with one warning a site
// SPEC: 2.1
@@BEGIN { int a[4], i, x; i = 100; a[i] = 5; x = a[i]; printf("%d %d %d\n", x, a[0], a[3]); exit(); }
