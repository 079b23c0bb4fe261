// CLAIM: words that stand where none can are said
// SPEC: 1.1
// EXIT: 2
@@BEGIN
{
    x = String;
    if (x) y = 1; x = 2 elif (y) x = 3;
    
}
@@END { x = 1; }
int last
