#!/usr/bin/env bash
# The statically linked program on the roots of other systems: one of busybox alone, without a C library, and Debian's smallest,
# without our libraries. Replays, filters, packets and events of the loopback, names.
source "$(dirname "$0")/../live/network.sh"
source tests/static/file.sh
source tests/systems/chroot.sh
for tool in debootstrap busybox; do
    command -v $tool >/dev/null || skip "$tool is not installed: .ci/setup static"
done
why=$(unshare --mount true 2>&1) || skip "mounts of one's own are not permitted here: $why"
ip link set lo up

# make_busybox ROOT: a system of one program
make_busybox() {
    mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp}
    cp "$(command -v busybox)" "$1/bin/"
    ln -s busybox "$1/bin/sh"
    printf '192.0.2.77 named\n' >"$1/etc/hosts"
    # Two modules that are not there; answers of files come first.
    printf 'hosts: files mdns4_minimal [NOTFOUND=return] dns myhostname\npasswd: files sss\n' >"$1/etc/nsswitch.conf"
    printf 'root:x:0:0:root:/:/bin/sh\nsomebody:x:4711:4711::/:/bin/sh\n' >"$1/etc/passwd"
}

# make_debian ROOT: what debootstrap calls minbase, copied from a system that tests have made before, or made
make_debian() {
    local base
    for base in "$systems"/*/base; do
        [[ -d $base ]] && cp -a "$base" "$1" && return
    done
    nsenter --net=/proc/"$PPID"/ns/net debootstrap --variant=minbase stable "$1" "$(mirror)" >"$work/log" 2>&1
}

# in_root ROOT COMMAND...: with the file as /probevue, the captures and the scripts
in_root() {
    unshare --mount bash -euc '
        root=$1
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        shift
        exec chroot "$root" /usr/bin/env -i TZ=UTC LC_ALL=C NO_COLOR=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' in_root "$@"
}

# try ROOT NAME: all that is tried on a root
try() {
    local root=$1 name=$2 script
    cp "$file" "$root/probevue"
    cp -r tests/data/web.pcap tests/data/states.pcapng scripts "$root/"
    [[ -x $root/usr/bin/env ]] || { mkdir -p "$root/usr/bin" && ln -s /bin/busybox "$root/usr/bin/env"; }
    same "$name: the version" "$("$PROBEVUE" --version)" "$(in_root "$root" /probevue --version)"
    same "$name: no libpcap there" "" "$(find "$root" -xdev -name 'libpcap*' -o -xdev -name 'libbpf*')"

    # Replays, against the program with shared libraries and against tcpdump.
    for script in top_talkers handshake_time packet_sizes; do
        same "$name: $script" "$("$PROBEVUE" -r tests/data/web.pcap "scripts/$script.e" 2>&1)" \
            "$(in_root "$root" /probevue -r /web.pcap "/scripts/$script.e" 2>&1)"
    done
    same "$name: tcpstates" "$("$PROBEVUE" -r tests/data/states.pcapng scripts/tcpstates.e 2>&1)" \
        "$(in_root "$root" /probevue -r /states.pcapng /scripts/tcpstates.e 2>&1)"
    for script in "tcp port 8080" "ip6 and tcp" "host 192.0.2.3 and greater 200"; do
        same "$name: $script" "$(tcpdump -Z root -nn -r tests/data/web.pcap "$script" 2>/dev/null | wc -l)" \
            "$(in_root "$root" /probevue -r /web.pcap -e "@@net:bpf:any:*:\"$script\" { n++; } @@END { printf(\"%lld\\n\", n); }" 2>&1)"
    done

    # Live: packets and events of one connection through the loopback.
    in_root "$root" /probevue -e '
        @@BEGIN { printf("ready\n"); }
        @@net:bpf:lo:tcp:"tcp dst port 4001" when (__tcphdr->flags == TH_SYN) { printf("packet to %d\n", __tcphdr->dst_port); }
        @@net:tcp:state_change when (__proto_info->remote_port == 4001 && __cur_state == TCPS_SYN_SENT)
        { printf("event to %d\n", __proto_info->remote_port); }' >"$work/$name.out" 2>"$work/$name.err" &
    local root_process=$! session
    started+=("$root_process")
    until_true 60 grep -q ready "$work/$name.out" || fail "$name: no start: $(cat "$work/$name.err")"
    session=$(pgrep -P "$root_process") # of the shell in the background, unless that has become it
    session=${session:-$root_process}
    until_true 60 has_enabled "$session" || fail "$name: probes are not enabled"
    serve 4001 && ask 127.0.0.1 4001 >/dev/null || fail "$name: there is no connection"
    until_true 30 eval '[[ $(wc -l <"$work/'"$name"'.out") -ge 3 ]]' || fail "$name: not seen: $(cat "$work/$name.out" "$work/$name.err")"
    kill -INT "$session"
    wait "$root_process"
    same "$name: exit status of the session" 0 $?
    same "$name: packets and events" $'event to 4001\npacket to 4001\nready' "$(sort "$work/$name.out")"
    kill "${started[-1]}" 2>/dev/null
}

make_busybox "$work/busybox"
try "$work/busybox" busybox

# Names are those of files and DNS; modules of the system are not loaded, and that is said where a name is missing.
root=$work/busybox
same "a name of /etc/hosts" 0 "$(in_root "$root" /probevue --check -e '@@net:tcp:state_change when (__proto_info->remote_addr == "named") { exit(); }' 2>&1; echo $?)"
has "a name that modules might know" 'probevue does not ask mdns4_minimal, myhostname \(/etc/nsswitch\.conf\)' \
    "$(in_root "$root" /probevue --check -e '@@net:tcp:state_change when (__proto_info->remote_addr == "no-such.invalid") { exit(); }' 2>&1)"
has "a user that modules might know" 'there is no user `nobody-here`; a statically linked probevue does not ask sss \(/etc/nsswitch\.conf\)' \
    "$(in_root "$root" /probevue --child-user nobody-here -X /bin/sh -e '@@BEGIN { exit(); }' 2>&1)"
same "a user of /etc/passwd" "uid=4711 gid=4711 groups=4711" \
    "$(in_root "$root" /bin/sh -c 'ln -s busybox /bin/id; /probevue --child-user somebody -X /bin/id -e "@@sysproc:exit:\$__CPID { exit(); }"' 2>/dev/null | sed 's/([^)]*)//g')"

if make_debian "$work/debian"; then
    # Another C library is there, with modules for names that fit that one only.
    printf 'passwd: files systemd\nhosts: files myhostname dns\n' >"$work/debian/etc/nsswitch.conf"
    try "$work/debian" debian
else
    echo "no root of Debian: $(tail -n 1 "$work/log")"
fi
conclude
