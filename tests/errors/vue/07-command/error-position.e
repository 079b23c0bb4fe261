// CLAIM: an error names file, line and column, and shows the line
// SPEC: 7.6
// EXIT: 2
// differs: the form is file:line:col: error: text
@@BEGIN {
    int i, k, z;
    i = 1; z = 1;
    k = i _ z;
    exit();
}
