// CLAIM: /* */ and // comments, inside and outside clauses
// SPEC: 1.2
/* outside,
   over lines */ // and this
@@BEGIN /* between */ { // to the end of the line
    printf("a"); /* x */ printf("b\n"); // printf("c");
    /* // */ exit();
}
