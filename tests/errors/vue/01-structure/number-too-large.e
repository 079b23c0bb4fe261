// CLAIM: a number that no double holds is an error
// SPEC: 1.2
// EXIT: 2
@@BEGIN
{
    double d = 1e999;
    double small = 1e-999;
    double good = 1e308;
    if (__pid == "010") exit();
}
