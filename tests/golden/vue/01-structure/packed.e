// CLAIM: packed, aligned and #pragma pack are obeyed in scripts
// SPEC: 1.4
#pragma pack(push, 2)
struct two { char a; long b; };
#pragma pack(pop)
struct vxlan { unsigned char flags, reserved[3]; unsigned int vni : 24, rest : 8; } __attribute__((packed));
struct line { unsigned int n; } __attribute__((aligned(64)));
enum __attribute__((packed)) small { ONE = 1, LAST = 200 };
struct holder { char c; enum small s; _Alignas(8) char d; };
@@BEGIN
{
    struct vxlan v;
    v.vni = 0x123456;
    v.rest = 7;
    printf("%d %d %d %d %d\n", sizeof(struct two), sizeof(struct vxlan), sizeof(struct line), sizeof(enum small), sizeof(struct holder));
    printf("%x %d\n", v.vni, v.rest);
    exit();
}
