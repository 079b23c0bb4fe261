// CLAIM: a float is rounded to its 24 bits as a constant, in a variable, in a C array and by a cast; arithmetic and arrays by key hold doubles
// SPEC: 2.1
float f; float g; double d; long big; float c[2];
@@BEGIN
{
    f = 0.1f; printf("%d %d %d\n", f == 0.1f, f == 0.1, (float)0.1 == f);
    f = 16777217; printf("%f ", f); f += 0.1; printf("%f ", f); big = 16777217; f = big; printf("%f\n", f);
    d = 0.1; g = d; a["x"] = (float)d; printf("%d %d %d\n", g == d, g == (float)d, a["x"] == 0.1f);
    c[1] = 0.1; h["x"] = 0.1f; h["x"] = 0.1; printf("%d %d %d\n", c[1] == 0.1f, h["x"] == 0.1, sizeof(f + g));
    exit();
}
