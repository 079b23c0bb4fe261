# A virtual machine that runs one script, for the tests under qemu; sourced. All of it is emulated (no KVM), it has no
# network, and what it runs travels in its initial file system.
#
# begin_guest           starts a file system in $guest
# add_program PATH...   puts programs there, at /usr/bin, without debug information, with the shared libraries they need
# add_perl_modules      and modules that come with perl
# add_module NAME...    and modules of $kernel, where they are not built in
# boot SCRIPT SECONDS   boots $kernel (fetch.sh) and runs /SCRIPT in bash; what that prints goes to standard output. Returns
#                       its exit status; 124 when the time is over, 125 when the machine stopped without one: then its
#                       console is shown from where the kernel first complains, or its end.

begin_guest() {
    guest=$(mktemp -d)
    chmod 755 "$guest"
    mkdir -p "$guest"/{bin,sbin,proc,sys,dev,tmp,run,etc,usr/bin,usr/sbin,modules,lib64}
    cp "$(command -v busybox)" "$guest/bin/busybox"
    cp /etc/ld.so.cache "$guest/etc/" # where libraries are looked for by name
    echo 'root:x:0:0:root:/:/bin/sh' >"$guest/etc/passwd"
    add_program bash
}

add_libraries() {
    ldd "$1" 2>/dev/null | sed -nE 's/^\s*(.* => )?(\/[^ ]+) .*/\2/p' | while read -r library; do
        [[ -e $guest$library ]] || install -D "$(readlink -f "$library")" "$guest$library"
    done
}

add_program() {
    local name path
    for name in "$@"; do
        path=$(readlink -f "$(command -v "$name")") || { problem="there is no program $name"; return 1; }
        strip --strip-debug -o "$guest/usr/bin/${name##*/}" "$path" 2>/dev/null || cp "$path" "$guest/usr/bin/${name##*/}"
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
stty -F /dev/ttyS1 raw -echo
bash "/$(cat /script)" </dev/null >/dev/ttyS1 2>&1
status=$?
printf '\nSTATUS %d\n' "$status" >/dev/ttyS1
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

boot() {
    local out status
    out=$(mktemp -d)
    write_init
    echo "$1" >"$guest/script"
    (cd "$guest" && find . | cpio -o -H newc --quiet) >"$out/initrd"
    timeout -k 5 "$2" qemu-system-x86_64 -accel tcg,thread=single -cpu Nehalem -machine q35 -smp 2 -m 1536 -nodefaults -display none \
        -no-reboot -nic none -kernel "$kernel"/boot/vmlinuz-* -initrd "$out/initrd" -serial "file:$out/console" \
        -serial "file:$out/output" -append "console=ttyS0 panic=-1 oops=panic rdinit=/init tsc=reliable mitigations=off quiet" \
        </dev/null >"$out/qemu" 2>&1
    status=$?
    touch "$out/output" "$out/console"
    tr -d '\r' <"$out/output" | sed -E '/^STATUS [0-9]+$/d'
    [[ $status == 124 ]] || status=$(tr -d '\r' <"$out/output" | sed -nE 's/^STATUS ([0-9]+)$/\1/p' | tail -n 1)
    [[ -n $status && $status != 124 ]] || { show_console "$out/console"; cat "$out/qemu"; }
    rm -rf "$out" "$guest"
    return "${status:-125}"
}
