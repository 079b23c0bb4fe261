// CLAIM: bit-fields of typed copies of raw data are the integer of their storage unit; members that share the unit are as they lie
// SPEC: 6.10.2
// ARGS: -r $DATA/telnet.pcap
// extension: AIX leaves bit-fields undefined; where members lie is what cc says (offsetof), which bytes are there `tcpdump -xx`: c6 22 00 17
struct a { unsigned int x : 8; char c; unsigned char d; unsigned char e; };
struct b { unsigned int x : 16; unsigned char c; unsigned char d; };
struct c { unsigned char c; unsigned int x : 24; };
struct d { unsigned short s; unsigned int x : 16; };
struct e { unsigned int x : 4; unsigned int y : 4; unsigned int z : 24; };
struct f { unsigned char c; unsigned int x : 16; unsigned char d; };
struct g { unsigned short x : 4; unsigned int y : 20; unsigned char d; };
struct h { unsigned short x : 16; unsigned int y : 16; };
struct i { union { unsigned int all; struct { unsigned short high; unsigned int low : 16; }; }; unsigned short next; };
int n;
@@net:bpf:eth0:*:"port 23" when (n == 0) {
    struct a va; struct b vb; struct c vc; struct d vd; struct e ve; struct f vf; struct g vg; struct h vh; struct i vi;
    struct a *pa; struct b *pb; struct c *pc; struct d *pd; struct e *pe; struct f *pf; struct g *pg; struct h *ph;
    char *tcp;
    n = 1;
    tcp = (char *)__mdata + 34;
    copy_kdata(tcp, va); pa = (struct a *)tcp;
    printf("x:8 c d e    %02x %02x %02x %02x  %02x %02x %02x %02x\n", va.x, va.c, va.d, va.e, pa->x, pa->c, pa->d, pa->e);
    copy_kdata(tcp, vb); pb = (struct b *)tcp;
    printf("x:16 c d     %04x %02x %02x  %04x %02x %02x\n", vb.x, vb.c, vb.d, pb->x, pb->c, pb->d);
    copy_kdata(tcp, vc); pc = (struct c *)tcp;
    printf("c x:24       %02x %06x  %02x %06x\n", vc.c, vc.x, pc->c, pc->x);
    copy_kdata(tcp, vd); pd = (struct d *)tcp;
    printf("s x:16       %04x %04x  %04x %04x\n", vd.s, vd.x, pd->s, pd->x);
    copy_kdata(tcp, ve); pe = (struct e *)tcp;
    printf("x:4 y:4 z:24 %x %x %06x  %x %x %06x\n", ve.x, ve.y, ve.z, pe->x, pe->y, pe->z);
    copy_kdata(tcp, vf); pf = (struct f *)tcp;
    printf("c x:16 d     %02x %04x %02x  %02x %04x %02x\n", vf.c, vf.x, vf.d, pf->c, pf->x, pf->d);
    copy_kdata(tcp, vg); pg = (struct g *)tcp;
    printf("x:4 y:20 d   %x %05x %02x  %x %05x %02x\n", vg.x, vg.y, vg.d, pg->x, pg->y, pg->d);
    copy_kdata(tcp, vh); ph = (struct h *)tcp;
    printf("x:16 y:16    %04x %04x  %04x %04x\n", vh.x, vh.y, ph->x, ph->y);
    copy_kdata(tcp, vi);
    printf("union        %08x, next %04x\n", vi.all, vi.next);
}
