// CLAIM: an element may be a key of its own array, before anything says what its values are
// SPEC: 2.2
@@BEGIN
{
    n[n[1]]++;
    n[n[n[0]]] += 2;
    m[n[7] ? m[1] : 4] = 5;
    k[m[0]]++;
    m[k[5]] = 3;
    print(n);
    print(m);
    print(k);
    exit();
}
