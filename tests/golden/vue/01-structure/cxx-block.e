// CLAIM: ##C++ headers are left out, with a warning
// SPEC: 1.9
// differs: no C++ compiler is needed at run time; C declarations come with -I
##C++
#include "x.h"
##Vue
@@BEGIN { printf("runs\n"); exit(); }
