// CLAIM: copy_kdata turns every number of an array into the host's order, however many there are
// SPEC: 5.4
// ARGS: -r $DATA/names.pcap
struct element { short a; int b[3]; char rest[2]; };
struct mixed { char first[2]; short row[120]; struct element of[20]; };
struct part { char c; char d; short few[3]; };
struct part parts[40]; struct line { char c[4]; short many[30]; }; struct line wide[5];
struct mixed t; unsigned short row[260]; int square[13][10]; unsigned char raw[560];
@@net:bpf:eth0:*:"tcp" when (__pkt->len == 583)
{
    copy_kdata(__mdata, t); copy_kdata(__mdata, row); copy_kdata(__mdata, square); copy_kdata(__mdata, raw);
    printf("%04x %04x %04x\n", row[7], row[80], row[180]);
    printf("%08x %08x\n", square[0][9], square[8][7]);
    printf("%04x %08x %08x\n", (unsigned short)t.row[100], t.of[0].b[0], t.of[5].b[2]);
    copy_kdata(__mdata, parts); copy_kdata(__mdata, wide);
    printf("%04x %04x\n", (unsigned short)parts[10].few[1], (unsigned short)wide[4].many[28]);
    printf("%02x%02x %02x%02x\n", raw[84], raw[85], raw[316], raw[317]);
    printf("%02x%02x %02x%02x%02x%02x\n", raw[202], raw[203], raw[356], raw[357], raw[358], raw[359]);
}
