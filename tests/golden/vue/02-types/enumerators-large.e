// CLAIM: enumerators that an int does not hold are unsigned, as gcc has them
// SPEC: 2.1
enum large { small = -1, top = 0x7fffffff, over, most = 4000000000 };
@@BEGIN
{
    long long sum = most + 1LL;
    printf("%d %d %u %u\n", small, top, over, most);
    if (over > 0 && most > over) printf("above\n");
    printf("%lld\n", sum);
    exit();
}
