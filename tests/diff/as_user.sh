# For tests of Wireshark's plug-in, sourced. Wireshark 4.4 runs no script in Lua for root (docs/wireshark.md), so root's tests
# run it as another user: in a user namespace, where that one still reads and writes root's files, wherever they lie.
# "${as_user[@]}" stands before the command.
as_user=()
if [[ $(id -u) == 0 ]] && unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then
    as_user=(unshare --user --map-user=1000 --map-group=1000)
fi
