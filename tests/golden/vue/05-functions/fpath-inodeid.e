// CLAIM: fpath_inodeid: the inode number of a path
// SPEC: 5.9
@@BEGIN { printf("%d %d\n", fpath_inodeid("/") > 0, fpath_inodeid("/no/such/file") == 0); exit(); }
