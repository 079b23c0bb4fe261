#!/usr/bin/env bash
# Writes tests/data/btf anew, from Debian's kernels: what the rows of hooks and views need of their type information.
# usage: tests/data/make_types.sh [VERSION...]      (6.1 6.12 6.18 6.12-arm64)
set -euo pipefail
export LC_ALL=C # bytes of images are no text
cd "$(dirname "$0")/../.."
source tests/vm/fetch.sh
make_types=${MAKE_TYPES:-$PWD/build/release/tests/make_types}
[[ -x $make_types ]] || { echo "first: ninja -C build/release make_types"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack IMAGE TO: the ELF file that a compressed kernel image holds, as the kernel's scripts/extract-vmlinux finds it
unpack() {
    local magic offset
    for magic in '\x28\xb5\x2f\xfd zstd' '\xfd7zXZ\x00 xz' '\x1f\x8b\x08 gzip' '\x02\x21\x4c\x18 lz4'; do
        while IFS=: read -r offset _; do
            tail -c +$((offset + 1)) "$1" | "${magic##* }" -dc >"$2" 2>/dev/null || true
            [[ $(head -c 4 "$2") == $'\x7fELF' ]] && return
        done < <(grep -obUaP "${magic% *}" "$1")
    done
    return 1
}

# cut_types IMAGE TO: the type information in a kernel image that is not compressed, as those of arm64 are: what a header of BTF
# (include/uapi/linux/btf.h) of the usual size says is its own
cut_types() {
    perl -0777 -e 'local $_ = <>; while (/\x9f\xeb\x01\x00\x18\x00\x00\x00/g) {
        my $at = $-[0]; my (undef, undef, $strings, $size) = unpack("V4", substr($_, $at + 8, 16));
        next if $at + 24 + $strings + $size > length;
        print substr($_, $at, 24 + $strings + $size); exit 0 } exit 1' "$1" >"$2"
}

[[ $# -gt 0 ]] || set -- 6.1 6.12 6.18 6.12-arm64
for version; do
    fetch_kernel $(tr - ' ' <<<"$version") || { echo "$problem"; exit 1; }
    image=$(echo "$kernel"/boot/vmlinuz-*)
    case $version in
        *-arm64) processor=aarch64 extract=cut_types ;;
        *) processor=x86_64 extract=unpack ;;
    esac
    $extract "$image" "$work/vmlinux" || { echo "no kernel in $image"; exit 1; }
    {
        echo "# Linux ${image##*/vmlinuz-} (Debian): types that rows of hooks need; made by tests/data/make_types.sh"
        "$make_types" "$work/vmlinux" $processor
    } >"tests/data/btf/$version"
    echo "$version: $(wc -c <"tests/data/btf/$version") bytes"
done
