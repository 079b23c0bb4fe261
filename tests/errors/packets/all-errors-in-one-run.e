// CLAIM: every error of a script is told, those of several kinds too
// EXIT: 2
int total;

@@net:bpf:eth0:tcp:"port 80"
{
    toatl++;
    printf("%d\n", __tcphdr->src_prot);
    exit(1, 2, 3);
}

@@END
{
    printf("%s\n", total);
    nothing(total);
}
