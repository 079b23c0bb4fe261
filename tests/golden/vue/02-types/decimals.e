// CLAIM: floating point values have + - * /, comparisons and op=, alone and with integers
// SPEC: 2.2
// extension: AIX only assigns and prints them
double a;
float f;
int n;
@@BEGIN {
    a = 7;
    f = 0.5;
    n = 3;
    printf("%g %g %g %g\n", a + n, a - 0.5, a * f, a / 2);
    printf("%g %g %g\n", 1 / 3.0, n / 2 + 0.5, -a);
    printf("%.2f %.1f\n", 100.0 * n / 7, 1e6 * 8 / 1000000);
    a += 1; a *= 2.5; a -= n; a /= 4;
    printf("%g\n", a);
    share["x"] = 1.5;
    share["x"] += n;
    share["y"] = share["x"] / 3;
    print(share);
    n += 1.75;
    printf("%d\n", n);
    printf("%d %d %d %d %d %d\n", a < 4.25, a <= 4.25, a > 4.25, a >= 4.25, a == 4.25, a != 4.25);
    printf("%d %d %d\n", n > 3.99, 4.01 > n, 2 == 2.0);
    if (a) printf("not zero\n");
    if (!(a - a)) printf("zero\n");
    printf("%g\n", n > 3 ? 1.5 : 2);
    a = 0;
    printf("%g %g %d %d\n", 1 / a, -1 / a, a / a == a / a, a / a != a / a);
}
