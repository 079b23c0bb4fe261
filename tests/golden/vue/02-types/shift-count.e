// CLAIM: of the count of a shift as many bits hold as the type has places, and a warning tells of it; none says that the result is always 0
// SPEC: 2.1
// extension: C leaves it undefined
@@BEGIN
{
    unsigned int x = 10;
    unsigned long long y = 10;
    if ((x >> 33) == 5) printf("%u %u\n", x >> 33, x << 33);
    if ((y << 33) != 0) printf("%llu\n", y << 33);
    exit();
}
