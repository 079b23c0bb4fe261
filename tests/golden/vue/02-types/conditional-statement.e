// CLAIM: both sides of a conditional statement may assign Strings
// SPEC: 2.2
String s[10];
@@BEGIN
{
    int i;
    s = "old";
    i = 1;
    i ? (s = "a") : (s = "b");
    printf("%s\n", s);
    i = 0;
    i ? (s = "a") : (s = "b");
    printf("%s\n", s);
    exit();
}
