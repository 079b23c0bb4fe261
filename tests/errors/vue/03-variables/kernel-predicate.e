// CLAIM: kernel variables are not in predicates
// SPEC: 3.3
// EXIT: 2
__kernel unsigned long jiffies;
@@interval:*:clock:100 when (jiffies > 5) { }
