// CLAIM: there is no #include: the line is ignored, with a warning
// SPEC: 1.9
#include <stdio.h>
@@BEGIN { printf("runs\n"); exit(); }
