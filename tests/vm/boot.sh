# A virtual machine that runs one script, for the tests under qemu; sourced. All of it is emulated (no KVM), it has no
# network, and what it runs travels in its initial file system.
#
# begin_guest [ROOT]    starts a file system in $guest; with ROOT, what `.ci/setup arm64` has made, for arm64
# add_program PATH...   puts programs there, at /usr/bin, without debug information, with the shared libraries they need; names
#                       are those of programs of the system, or of ROOT
# add_perl_modules      and modules that come with perl
# add_module NAME...    and modules of $kernel, where they are not built in
# boot SCRIPT SECONDS   boots $kernel (fetch.sh) and runs /SCRIPT in bash; what that prints goes to standard output. Returns
#                       its exit status; 124 when the time is over, 125 when the machine stopped without one: then its
#                       console is shown from where the kernel first complains, or its end.

begin_guest() {
    guest_root=${1:-}
    guest=$(mktemp -d)
    chmod 755 "$guest"
    mkdir -p "$guest"/{bin,sbin,proc,sys,dev,tmp,run,etc,usr/bin,usr/sbin,modules,lib64}
    if [[ -n $guest_root ]]; then
        cp "$guest_root/bin/busybox" "$guest/bin/busybox"
        install -D "$(readlink -f "$guest_root/lib/ld-linux-aarch64.so.1")" "$guest/lib/ld-linux-aarch64.so.1"
    else
        cp "$(command -v busybox)" "$guest/bin/busybox"
        cp /etc/ld.so.cache "$guest/etc/" # where libraries are looked for by name
    fi
    echo 'root:x:0:0:root:/:/bin/sh' >"$guest/etc/passwd"
    add_program bash
}

# Of a program of arm64: the linker of the system does not know its libraries.
add_libraries_of_arm64() {
    local library file
    aarch64-linux-gnu-readelf -d "$1" 2>/dev/null | sed -nE 's/.*\(NEEDED\).*\[(.*)\]$/\1/p' | while read -r library; do
        file=$guest_root/lib/aarch64-linux-gnu/$library
        [[ ! -e $guest/lib/aarch64-linux-gnu/$library && -e $file ]] || continue
        install -D "$(readlink -f "$file")" "$guest/lib/aarch64-linux-gnu/$library"
        add_libraries_of_arm64 "$file"
    done
}

add_libraries() {
    [[ -z $guest_root ]] || { add_libraries_of_arm64 "$1"; return; }
    ldd "$1" 2>/dev/null | sed -nE 's/^\s*(.* => )?(\/[^ ]+) .*/\2/p' | while read -r library; do
        [[ -e $guest$library ]] || install -D "$(readlink -f "$library")" "$guest$library"
    done
}

add_program() {
    local name path strip=strip where=$PATH
    if [[ -n $guest_root ]]; then
        where=$guest_root/bin:$guest_root/sbin:$guest_root/usr/bin
        strip=aarch64-linux-gnu-strip
    fi
    for name in "$@"; do
        path=$(PATH=$where command -v "$name") && path=$(readlink -f "$path") || { problem="there is no program $name"; return 1; }
        $strip --strip-debug -o "$guest/usr/bin/${name##*/}" "$path" 2>/dev/null || cp "$path" "$guest/usr/bin/${name##*/}"
        add_libraries "$path"
    done
}

# Modules that come with perl, as far as every Debian has them.
add_perl_modules() {
    local modules
    modules=$(perl -MSocket -e 'print $INC{"Socket.pm"} =~ s/Socket.pm$//r')
    mkdir -p "$guest$modules" && cp -a "$modules"/. "$guest$modules"
}

add_module() {
    local name file
    for name in "$@"; do
        file=$(find "$kernel" -name "$name.ko*" | head -n 1)
        case $file in
            *.xz) xz -dc "$file" >"$guest/modules/$name.ko" ;;
            *.zst) zstd -dcq "$file" >"$guest/modules/$name.ko" ;;
            *.ko) cp "$file" "$guest/modules/" ;;
        esac
    done
}

write_init() {
    cat >"$guest/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s
# Functions can be probed only in files that a real file system keeps; tmpfs is one.
if [ ! -e /moved ]; then
    mkdir /new && mount -t tmpfs -o size=80% new /new && cp -a $(ls -d /* | grep -vE '^/(new|proc|sys|dev)$') /new
    mkdir /new/proc /new/sys /new/dev && touch /new/moved
    exec switch_root /new /init
fi
export PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/tmp LC_ALL=C TZ=UTC
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mount -t tmpfs tmp /tmp
mount -t tracefs trace /sys/kernel/tracing; mount -t bpf bpf /sys/fs/bpf; mount -t cgroup2 cgroup /sys/fs/cgroup
ip link set lo up
# One may need another: of several rounds each loads those whose turn has come.
for round in 1 2 3; do for module in /modules/*.ko; do insmod "$module"; done; done 2>/dev/null
output=/dev/ttyS1
[ ! -e /dev/ttyAMA0 ] || output=/dev/ttyAMA0 # arm64 has one port alone, where the console is too
stty -F $output raw -echo
bash "/$(cat /script)" </dev/null >$output 2>&1
status=$?
printf '\nSTATUS %d\n' "$status" >$output
poweroff -f
INIT
    chmod +x "$guest/init"
}

# What a machine said before it stopped. What the kernel complains of first is the cause; the rest may be its effect.
show_console() {
    local complaint='BUG:|Oops|general protection|WARNING:|Kernel panic|rcu: INFO|Out of memory'
    echo "--- console"
    if grep -qE "$complaint" "$1"; then
        sed -nE "/$complaint/,\$p" "$1" | head -n 150
    else
        tail -n 20 "$1"
    fi
}

# qemu_for OUT: the command that boots it; what it prints goes to files OUT/output and OUT/console
qemu_for() {
    local common=(-smp 2 -m 1536 -nodefaults -display none -no-reboot -nic none -kernel "$kernel"/boot/vmlinuz-* -initrd "$1/initrd")
    local line="panic=-1 oops=panic rdinit=/init mitigations=off quiet"
    if [[ -n $guest_root ]]; then
        machine=(qemu-system-aarch64 -accel tcg -cpu "max,pauth-impdef=on" -machine virt "${common[@]}"
            -serial "file:$1/output" -append "console=ttyAMA0 $line")
    else
        machine=(qemu-system-x86_64 -accel "tcg,thread=single" -cpu Nehalem -machine q35 "${common[@]}" -serial "file:$1/console"
            -serial "file:$1/output" -append "console=ttyS0 $line tsc=reliable")
    fi
}

boot() {
    local out status machine
    out=$(mktemp -d)
    write_init
    echo "$1" >"$guest/script"
    (cd "$guest" && find . | cpio -o -H newc --quiet) >"$out/initrd"
    qemu_for "$out"
    timeout -k 5 "$2" "${machine[@]}" </dev/null >"$out/qemu" 2>&1
    status=$?
    touch "$out/output" "$out/console"
    tr -d '\r' <"$out/output" | sed -E '/^STATUS [0-9]+$/d'
    [[ $status == 124 ]] || status=$(tr -d '\r' <"$out/output" | sed -nE 's/^STATUS ([0-9]+)$/\1/p' | tail -n 1)
    [[ -n $status && $status != 124 ]] || { show_console "$out/console"; cat "$out/qemu"; }
    rm -rf "$out" "$guest"
    return "${status:-125}"
}
