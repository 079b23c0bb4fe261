#!/usr/bin/env bash
# A Debian package in a system that has nothing but Debian's base: installed with what it depends on, run, removed; run by
# tests/systems/run, in that system. The last line is: N passed, N failed, N skipped
set -uo pipefail
cd "$(dirname "$0")/../.."
. tests/tally.sh
export DEBIAN_FRONTEND=noninteractive
finish() {
    conclude | sed 's/$/, 0 skipped/'
    exit $((failed > 0))
}
trap finish EXIT

apt-get update -q >/tmp/log 2>&1 && apt-get install -y -q --no-install-recommends /tmp/probevue.deb >>/tmp/log 2>&1 && ok ||
    { bad "installing: $(tail -n 8 /tmp/log)"; exit; }
dpkg-query -W -f '${Depends}\n' probevue | grep -q 'libpcap' && ok || bad "no dependency on libpcap: $(dpkg-query -W -f '${Depends}' probevue)"

# By the name of the installed script, on an installed capture; what it must print is beside the script's test.
cd /
probevue -r /usr/share/probevue/captures/web.pcap handshake_time >/tmp/out 2>/tmp/err && ok || bad "probevue: $(cat /tmp/err)"
same "what the script prints" "$OLDPWD/scripts/tests/handshake_time.out" /tmp/out
probevue --version | grep -q '^probevue [0-9]' && ok || bad "--version: $(probevue --version)"

dpkg -L probevue | while read -r path; do [[ -d $path ]] || echo "$path"; done >/tmp/files
[[ $(wc -l </tmp/files) -gt 100 ]] && ok || bad "few files: $(cat /tmp/files)"
apt-get purge -y -q probevue >/tmp/log 2>&1 && ok || bad "removing: $(tail -n 8 /tmp/log)"
left=$(while read -r path; do [[ ! -e $path ]] || echo "$path"; done </tmp/files)
[[ -z $left ]] && ok || bad "left behind: $left"
