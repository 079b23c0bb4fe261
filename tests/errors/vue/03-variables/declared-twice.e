// CLAIM: a name is declared once
// SPEC: 3.2
// EXIT: 2
int x;
String x[5];
@@BEGIN { exit(); }
