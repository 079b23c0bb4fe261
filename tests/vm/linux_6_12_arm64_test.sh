#!/usr/bin/env bash
# System calls, functions and packets on a kernel of Debian for arm64, under qemu: what stands in the registers there.
# Needs the preset arm64, built with these programs.
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/vm/fetch.sh
source tests/vm/boot.sh

skip() {
    echo "skipped: $1"
    exit 77
}

root=build/arm64-root
programs=(live_calls_on_sockets live_kernel_events live_options live_owners live_processors live_resets live_segments live_tcp_events live_uft)
[[ -x $root/bin/busybox ]] || skip "no libraries of arm64: .ci/setup arm64"
for program in probevue "${programs[@]/#/tests/}"; do
    [[ -x build/arm64/$program ]] || skip "build/arm64/$program is not built: cmake --preset arm64; cmake --build build/arm64 --target probevue ${programs[*]}"
done
for tool in qemu-system-aarch64 aarch64-linux-gnu-strip cpio; do
    command -v $tool >/dev/null || skip "$tool is not installed: .ci/setup arm64"
done
fetch_kernel 6.12 arm64 || skip "$problem"

begin_guest "$PWD/$root"
add_program bash ip build/arm64/probevue "${programs[@]/#/build/arm64/tests/}" || skip "$problem"
add_module veth
cp tests/vm/guest_checks.sh tests/vm/guest_arm64.sh "$guest/"
echo 6.12 >"$guest/version"
boot guest_arm64.sh 1500
