#!/usr/bin/env bash
# Installs what is built into an empty folder and runs it from there; then the Debian package: what is in it and what it needs.
set -uo pipefail
cd "$(dirname "$0")/../.."

: "${PROBEVUE:=build/release/probevue}"
build=$(cd "$(dirname "$PROBEVUE")" && pwd)
[[ -f $build/cmake_install.cmake && -f $build/docs/cmake_install.cmake ]] || { echo "$build is no build folder"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
passed=0 failed=0

result() { # result STATUS WHAT
    if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "FAIL $2"; fi
}

# The folder of Wireshark's plug-ins, as it was configured.
wireshark=$(sed -n 's/^PROBEVUE_WIRESHARK_DIR:STRING=//p' "$build/CMakeCache.txt")

# What must be there, below the prefix; everything else in a listing of the folders that we own is a surprise.
expected() {
    echo bin/probevue
    echo share/man/man1/probevue.1
    echo share/bash-completion/completions/probevue
    echo share/zsh/vendor-completions/_probevue
    echo share/fish/vendor_completions.d/probevue.fish
    echo share/vim/vimfiles/{ftdetect,ftplugin,syntax}/probevue.vim | tr ' ' '\n'
    echo share/doc/probevue/{copyright,README.md,CHANGELOG.md} | tr ' ' '\n'
    printf 'share/doc/probevue/%s\n' "$(cd docs && echo *.md json-schema.json)" | tr ' ' '\n' | sed 's|^\([^/]*\)$|share/doc/probevue/\1|'
    (cd scripts && printf 'share/probevue/scripts/%s\n' *.e)
    (cd tests/data && printf 'share/probevue/captures/%s\n' *.pcap *.pcapng groups.pcap tunnels.pcap)
    echo "$wireshark/plugins/probevue.lua"
    echo "$wireshark/extcap/probevue"
    (cd share && printf 'share/probevue/%s\n' */*)
    (cd docs/editors && printf 'share/probevue/%s\n' vscode/*)
}

cmake --install "$build" --prefix "$root/usr" >"$root/log" 2>&1 || { cat "$root/log"; exit 1; }
diff <(expected | sort) <(cd "$root/usr" && find . -type f | sed 's|^\./||' | sort); result $? "the files that are installed"

installed=$root/usr/bin/probevue
share=$root/usr/share
"$installed" --version | grep -q '^probevue [0-9]'; result $? "it runs"
for script in top_talkers syn_no_answer; do
    diff <("$PROBEVUE" -r tests/data/web.pcap "scripts/$script.e" 2>&1) \
        <("$installed" -r "$share/probevue/captures/web.pcap" "$share/probevue/scripts/$script.e" 2>&1)
    result $? "$script runs as it does in the source tree"
done

# by_name WHAT PREFIX: the program there finds its own scripts by name, and each capture that a script names lies beside them
by_name() {
    local program=$2/bin/probevue shared=$2/share/probevue capture
    diff <("$PROBEVUE" -r tests/data/web.pcap scripts/top_talkers.e 2>&1) <(cd / && "$program" -r "$shared/captures/web.pcap" top_talkers 2>&1)
    result $? "$1: a script by its name"
    (cd / && "$program" --show top_talkers) | cmp - scripts/top_talkers.e; result $? "$1: --show"
    [[ $(cd / && "$program" --scripts | grep -c '^  [^ ]') == $(printf '%s\n' scripts/*.e | wc -l) ]]; result $? "$1: --scripts lists all"
    [[ $(cd / && "$program" nothing 2>&1) == *"\`nothing.e\` in $(realpath "$shared")/scripts"* ]]; result $? "$1: where it looks"
    for capture in $(sed -nE 's/^ \* replay: +probevue -r ([^ ]+) .*/\1/p' "$shared"/scripts/*.e | sort -u); do
        [[ -e $shared/captures/$capture ]]; result $? "$1: $capture, which a script names"
    done
}
by_name installed "$root/usr"
# A tree that is moved keeps its scripts.
cp -r "$root/usr" "$root/moved" && rm -r "$root/moved/share/probevue/scripts/who_sent_it.e"
[[ $("$root/moved/bin/probevue" --show who_sent_it 2>&1) == *"in $(realpath "$root")/moved/share/probevue/scripts"* ]]; result $? "moved: it looks beside itself"
"$root/moved/bin/probevue" --show top_talkers | cmp - scripts/top_talkers.e; result $? "moved: --show"
if command -v man >/dev/null; then
    LC_ALL=C.UTF-8 MANWIDTH=80 man -l "$share/man/man1/probevue.1" 2>/dev/null | grep -q 'fail-on-loss'; result $? "the manual page"
fi

# Scripts as interfaces of Wireshark: the program is that of the prefix.
extcap=$root/usr/$wireshark/extcap/probevue
[[ $(env -u PROBEVUE "$extcap" --extcap-interfaces | grep -c '^interface {value=probevue_') == $(printf '%s\n' scripts/*.e | wc -l) ]]
result $? "extcap: all scripts are interfaces"
env -u PROBEVUE "$extcap" --extcap-interfaces | grep -qF "{help=file://$root/usr/share/doc/probevue/wireshark.md}"; result $? "extcap: the program beside it"
if command -v tshark >/dev/null && [[ $(tshark --version 2>/dev/null) == *"with Lua"* ]]; then
    source tests/diff/as_user.sh
    [[ $(HOME=$root "${as_user[@]}" tshark -X lua_script:"$root/usr/$wireshark/plugins/probevue.lua" -r "$share/probevue/captures/states.pcapng" \
        -Y 'probevue.event == "net:tcp:state_change"' 2>/dev/null | wc -l) -ge 70 ]]; result $? "the plug-in for Wireshark"
    if [[ $wireshark == lib/*/wireshark ]]; then
        [[ $(tshark -G folders 2>/dev/null) == *"/$wireshark/plugins"* ]]; result $? "tshark looks for plug-ins in /usr/$wireshark"
    fi
fi

# completes WORD... : what bash proposes for the last of the words
completes() {
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _probevue; printf "%s\n" "${COMPREPLY[@]}"' \
        bash "$share/bash-completion/completions/probevue" "$@"
}
[[ $(completes probevue --form) == --format ]]; result $? "bash: --form"
[[ $(completes probevue --format j) == json ]]; result $? "bash: --format j"
[[ $(completes probevue -l ne) == net ]]; result $? "bash: -l ne"
[[ $(completes probevue -r tests/data/we) == tests/data/web.pcap ]]; result $? "bash: a capture"
[[ $(completes probevue -n scripts/top_ta) == scripts/top_talkers.e ]]; result $? "bash: a script"
[[ $(completes "$installed" top_ta) == top_talkers ]]; result $? "bash: the name of a script"
[[ $(completes "$installed" -r tests/data/web.pcap tls) == tls_names ]]; result $? "bash: the name of a script behind a capture"
[[ $(completes "$installed" --show top_ta) == top_talkers ]]; result $? "bash: --show top_ta"
[[ $(completes "$installed" --sho) == --show ]]; result $? "bash: --sho"
[[ -z $(completes probevue scripts/top_talkers.e --fo) ]]; result $? "bash: arguments of the script are no flags"
if command -v fish >/dev/null; then
    # fish_completes LINE: what fish proposes for its end
    fish_completes() {
        fish --no-config -c 'source $argv[1]; set PATH $argv[2] $PATH; complete -C $argv[3]' \
            "$share/fish/vendor_completions.d/probevue.fish" "$root/usr/bin" "$1" | cut -f 1 | tr '\n' ' '
    }
    [[ $(fish_completes 'probevue top_ta') == 'top_talkers ' ]]; result $? "fish: the name of a script"
    [[ $(fish_completes 'probevue -r tests/data/web.pcap tls') == 'tls_names ' ]]; result $? "fish: behind a capture"
    [[ $(fish_completes 'probevue --show top_ta') == 'top_talkers ' ]]; result $? "fish: --show top_ta"
    [[ $(fish_completes 'probevue --format j') == 'json ' ]]; result $? "fish: --format j"
    [[ $(fish_completes 'probevue -r tests/data/we') == 'tests/data/web.pcap ' ]]; result $? "fish: a capture"
    [[ $(fish_completes 'probevue scripts/top_ta') == 'scripts/top_talkers.e ' ]]; result $? "fish: a script"
    [[ -z $(fish_completes 'probevue top_talkers --fo') ]]; result $? "fish: arguments of the script are no flags"
fi

# The package.
if command -v cpack >/dev/null && command -v dpkg-deb >/dev/null && command -v dpkg-shlibdeps >/dev/null; then
    cpack --config "$build/CPackConfig.cmake" -G DEB -B "$root/package" >"$root/log" 2>&1 || cat "$root/log"
    package=$(echo "$root"/package/probevue_*.deb)
    dpkg-deb -I "$package" >"$root/info"; result $? "a package is made"
    for want in '^ Package: probevue$' '^ Version: [0-9]' '^ Section: net$' '^ Depends: .*libc6' '^ Depends: .*libpcap' \
        '^ Depends: .*libbpf' '^ Depends: .*libmicrohttpd' '^ Recommends: .*libcurl4'; do
        grep -qE "$want" "$root/info"; result $? "the package says $want"
    done
    diff <(expected | sed 's|^|./usr/|' | sort) <(dpkg-deb -c "$package" | awk '$1 ~ /^-/ { print $6 }' | sort)
    result $? "the files in the package"
    dpkg-deb -x "$package" "$root/unpacked" && "$root/unpacked/usr/bin/probevue" -e '@@BEGIN { printf("packed\n"); exit(); }' | grep -qx packed
    result $? "the program in the package runs"
    by_name "the package" "$root/unpacked/usr"
    [[ -z $(command -v getcap >/dev/null && getcap -r "$root/unpacked/usr/bin") ]]; result $? "the package gives no capabilities"
fi

echo "$passed passed, $failed failed"
[[ $failed == 0 ]]
