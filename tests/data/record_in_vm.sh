# Recordings of what has to be seen on a kernel whose functions can be hooked: in a virtual machine with Debian's 6.12; sourced
# in the folder above tests. Needs a build of probevue (PROBEVUE), qemu and what tests/vm needs.
#
# begin_recording PROGRAM...   starts the machine's file system, with these programs besides those that recording needs
# record_in_vm NAME SCRIPT     records what the script on standard input does, as SCRIPT sees it, to tests/data/NAME.pcapng.
#                              $clauses are further ones of the script
source tests/vm/fetch.sh
source tests/vm/boot.sh

begin_recording() {
    fetch_kernel 6.12 || { echo "$problem"; exit 1; }
    begin_guest
    add_program "${PROBEVUE:-$PWD/build/release/probevue}" base64 cat grep ip perl sleep "$@"
    add_perl_modules
}

record_in_vm() {
    { cat "$2"; printf '%s\n' "${clauses:-}" '@@BEGIN { printf("ready\n"); }'; } >"$guest/script.e"
    cat >"$guest/scene.sh"
    cat >"$guest/record.sh" <<'GUEST'
probevue -w /tmp/recorded.pcapng /script.e >/tmp/out 2>/tmp/err &
recorder=$!
until grep -q ready /tmp/out; do
    kill -0 $recorder 2>/dev/null || { cat /tmp/err; exit 1; }
    sleep 0.1
done
bash /scene.sh >/tmp/scene 2>&1 || { cat /tmp/scene; exit 1; }
sleep 0.5
kill -INT $recorder
wait $recorder || { cat /tmp/err; exit 1; }
base64 /tmp/recorded.pcapng
GUEST
    boot record.sh 100 | tr -d '\r' | base64 -d >"tests/data/$1.pcapng"
    ls -l "tests/data/$1.pcapng"
}
