// CLAIM: packed, aligned and #pragma pack are obeyed in headers of -I
// SPEC: 1.4
// ARGS: -I ../headers/packed.i
@@BEGIN
{
    struct before x;
    x.a = 0x1122;
    x.b = 0x33445566;
    printf("%d %d %d %d\n", sizeof(struct before), sizeof(struct behind), sizeof(struct pragma), sizeof(struct plain));
    printf("%d %d %d %d\n", sizeof(member_t), sizeof(struct holder), __alignof__(struct holder), sizeof(half_t));
    printf("%x %x\n", x.a, x.b);
    exit();
}
