#!/usr/bin/env bash
# The live tests on a kernel of Debian, under qemu: every rung of the ladder that it grants.
# usage: [PROBEVUE_VM_BENCH=1] tests/vm/on_kernel.sh VERSION
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/vm/fetch.sh
source tests/vm/boot.sh

skip() {
    echo "skipped: $1"
    exit 77
}

PROBEVUE=${PROBEVUE:-$PWD/build/release/probevue}
[[ $(uname -m) == x86_64 ]] || skip "the kernels are those of x86-64"
for tool in qemu-system-x86_64 busybox cpio ldd strip; do
    command -v $tool >/dev/null || skip "$tool is not installed: .ci/setup vm"
done
fetch_kernel "$1" || skip "$problem"

# Live tests that pass in this small a system; the others are named, so that nobody takes them for tested.
programs=(live_kernel_events live_calls_on_sockets live_owners live_arrivals live_packet_owners live_receiving live_options live_tcpinfo live_drops live_segments live_device_changes live_tcp_events live_resets live_homes live_homes_of_kinds live_losses live_processors live_uft live_memory)
scripts=(event_filters record packet_owner_files stopped cgroup devices device_scripts heads ip kernel_functions typed)
case $1 in # what depends on the kernel little: one is enough
    6.1) programs+=(live_refusals) scripts+=(refused) ;;
    6.12) programs+=(live_recording) scripts+=(packet_path) ;;
    *) programs+=(live_examples) ;;
esac
for program in "$(dirname "$PROBEVUE")"/tests/live_*; do
    [[ " ${programs[*]} " == *" ${program##*/} "* ]] || echo "left out: ${program##*/}"
done
for script in tests/live/*_test.sh; do
    name=$(basename "$script" _test.sh)
    [[ " ${scripts[*]} " == *" $name "* ]] || echo "left out: live_$name"
done

begin_guest
add_program "$PROBEVUE" "${programs[@]/#/$(dirname "$PROBEVUE")/tests/}" setpriv unshare || skip "$problem"
# What the tests that are scripts need; perl's own modules are those that every Debian has.
add_program awk basename cat cut date diff env grep head ip mkdir mktemp mount nsenter perl readlink rm sed seq sh sleep \
    sort ss stat tail tcpdump timeout touch tr uniq wc xargs yes || skip "$problem"
add_perl_modules
mkdir -p "$guest"/src/tests/live
cp -a scripts "$guest/src/" && cp -a tests/data "$guest/src/tests/"
cp tests/live/network.sh tests/live/router.sh $(printf "tests/live/%s_test.sh " "${scripts[@]}") "$guest/src/tests/live/"

# What an event costs beside bpftrace, which with its libraries is larger than all the rest, and takes minutes to start here.
if [[ -z ${PROBEVUE_VM_BENCH:-} ]]; then
    echo "left out: bench_kernel_home (PROBEVUE_VM_BENCH=1 takes it in)"
elif command -v bpftrace >/dev/null; then
    add_program bpftrace "$(dirname "$PROBEVUE")/tests/bench_kernel_home" || skip "$problem"
else
    echo "bpftrace is not installed: the comparison with it was left out"
fi
add_module veth llc stp bridge mrp garp 8021q tls bonding
cp tests/vm/guest_checks.sh tests/vm/guest.sh "$guest/"
echo "$1" >"$guest/version"
boot guest.sh 1500
