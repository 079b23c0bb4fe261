// CLAIM: size_t, pid_t, uint32_t and their kind are known without a header
// SPEC: 1.4
typedef unsigned short uid_t;
int f(size_t n, socklen_t *len, uint8_t *bytes);
@@BEGIN
{
    uint8_t a;
    int64_t b;
    a = 300;
    b = (int32_t) 0xffffffff;
    printf("%d %lld\n", a, b);
    printf("%d %d %d %d %d %d\n", sizeof(size_t), sizeof(ssize_t), sizeof(pid_t), sizeof(uid_t), sizeof(off_t), sizeof(time_t));
    exit();
}
