#!/usr/bin/env bash
# Files as root: links and files that another user has put into a directory for all are refused, by every flag that
# writes one; what is one's own, devices and FIFOs go on working. What sudo was called by gets the files and runs -X.
# The settings of the kernel for the same (fs.protected_*) may be on or off.
set -uo pipefail
cd "$(dirname "$0")/../.."
((EUID == 0)) || { echo "skipped: other users' files can be made by root only"; exit 77; }
command -v setpriv >/dev/null || { echo "skipped: setpriv is not installed"; exit 77; }
: "${PROBEVUE:=build/release/probevue}"
PROBEVUE=$(realpath "$PROBEVUE")
web=$(pwd -P)/tests/data/web.pcap
. tests/tally.sh
unset SUDO_UID SUDO_GID
export LC_ALL=C TZ=UTC NO_COLOR=1
umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work" || exit 1
mkdir shared plain
chmod 1777 shared
chmod 777 plain
other() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
other true || { echo "skipped: another user cannot be become here"; exit 77; }

said() { # said WHAT TEXT: the errors of the last run hold the text
    if [[ $(<err) == *"$2"* ]]; then ok; else bad "$1: no \`$2\` in: $(<err)"; fi
}
run() { timeout 20 "$PROBEVUE" "$@" >out 2>err </dev/null; }
counts='@@net:bpf:::"" { n++; } @@END { printf("%d\n", n); }'
gathers='@@net:bpf:::"" { n++; }'

# Each way to write a file, as a command on `$1`.
by_output() { run -r "$web" -o "$1" -e "$counts"; }
by_record() { run -r "$web" -w "$1" -e "$counts"; }
by_size() { run -r "$web" -w "${1%0}" -C 2k -W 2 -e "$counts"; } # FILE0, FILE1
by_time() { run -r "$web" -w "$1" -G 3600 -e "$counts"; }
by_state() { run -r "$web" --state-out "$1" -e "$gathers"; }
by_textfile() { # DIR/it.prom, of a script it.e
    echo "$counts" >it.e
    run -r "$web" --textfile "${1%/*}" it.e
}

ways=(output record size time state textfile)
name_of() { case $1 in size) echo ring0 ;; textfile) echo it.prom ;; *) echo "$1" ;; esac }

for way in "${ways[@]}"; do
    name=$(name_of "$way")
    # A link into a file of ours.
    echo precious >victim
    other ln -s "$work/victim" "shared/$name"
    "by_$way" "$work/shared/$name"
    is "$way on a planted link fails" 1 $(($? != 0))
    said "$way on a planted link" 'there is a link of user 65534, in a directory where others may put what they like'
    said "$way on a planted link" 'remove it, or name a file in a directory of your own'
    is "$way leaves what the link leads to" precious "$(<victim)"
    is "$way leaves the link" "$work/victim" "$(readlink "shared/$name")"
    # A link to what is not there.
    ln -sfn "$work/made" "shared/$name"
    chown -h 65534 "shared/$name"
    "by_$way" "$work/shared/$name"
    is "$way on a link to nothing fails, and makes nothing" '1 no' "$(($? != 0)) $([[ -e made ]] && echo yes || echo no)"
    rm "shared/$name"
    # A file of theirs, which they could read and change.
    other touch "shared/$name"
    "by_$way" "$work/shared/$name"
    is "$way on a planted file fails" 1 $(($? != 0))
    said "$way on a planted file" 'there is a file of user 65534'
    is "$way leaves the file empty" 0 "$(stat -c %s "shared/$name")"
    rm "shared/$name"
    # A FIFO of theirs, at which we would wait for them.
    other mkfifo "shared/$name"
    "by_$way" "$work/shared/$name"
    is "$way on a planted FIFO fails at once" 1 $(($? != 0 && $? != 124))
    said "$way on a planted FIFO" 'there is a FIFO of user 65534'
    rm "shared/$name"
    # By a link further up.
    mkdir -p elsewhere
    other ln -s "$work/elsewhere" shared/folder
    "by_$way" "$work/shared/folder/$name"
    is "$way below a planted link fails" 1 $(($? != 0))
    is "$way makes nothing there" '' "$(ls elsewhere)"
    rm shared/folder
    # Ours: made, and written over; a link of ours; another's link where no directory is shared.
    "by_$way" "$work/shared/$name" && "by_$way" "$work/shared/$name"
    is "$way on a file of one's own" "0 $(<err)" "$? "
    rm -f shared/*
    ln -s "$work/target" "shared/$name"
    "by_$way" "$work/shared/$name"
    is "$way by a link of one's own" 1 "$(($? == 0 && $(stat -c %s target) > 0))"
    is "$way keeps the link" "$work/target" "$(readlink "shared/$name")"
    rm -f shared/* target
    other ln -s "$work/target" "plain/$name"
    "by_$way" "$work/plain/$name"
    is "$way by another's link where nothing is sticky" 1 "$(($? == 0 && $(stat -c %s target) > 0))"
    rm -f plain/* target
    # The directory's owner may put there what they like.
    mkdir theirs
    chown 65534 theirs
    chmod 1777 theirs
    other ln -s "$work/plain/target" "theirs/$name"
    "by_$way" "$work/theirs/$name"
    is "$way by a link of the directory's owner" 1 "$(($? == 0 && $(stat -c %s plain/target) > 0))"
    rm -rf theirs plain/target
done

# --split writes into a folder: links in its path, and files in it.
other ln -s "$work/elsewhere" shared/folder
run -r "$web" --split 2 -w "$work/shared/folder"
is "--split below a planted link" '2 ' "$? $(ls elsewhere)"
said "--split below a planted link" 'there is a link of user 65534'
rm shared/folder
mkdir shared/folder && chmod 1777 shared/folder
other ln -s "$work/victim" shared/folder/shard-0001-of-0002.pcapng
run -r "$web" --split 2 -w "$work/shared/folder"
is "--split on a planted link" "2 precious" "$? $(<victim)"
rm shared/folder/*
run -r "$web" --split 2 -w "$work/shared/folder"
is "--split makes files that nobody else reads" '0 600 600' "$? $(stat -c %a shared/folder/* | xargs)"
rm -r shared/folder

# .save of the session.
other ln -s "$work/victim" shared/saved
printf '%s\n.save! %s\n' "$gathers" "$work/shared/saved" | timeout 20 "$PROBEVUE" -i >out 2>err
is ".save on a planted link" precious "$(<victim)"
said ".save on a planted link" 'there is a link of user 65534'
rm shared/saved
printf '%s\n.save! %s\n' "$gathers" "$work/shared/saved" | timeout 20 "$PROBEVUE" -i >out 2>err
is ".save on its own" "$gathers" "$(tail -n 1 shared/saved)"
rm shared/saved

# The session's history, at the end of a session on a terminal.
if command -v python3 >/dev/null; then
    mkdir -p shared/probevue && chmod 1777 shared/probevue
    type_and_quit() {
        XDG_STATE_HOME=$work/shared timeout 30 python3 - "$PROBEVUE" >/dev/null <<'PYTHON'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1]])
typed = False
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    if not typed and b"vue>" in got:
        typed = True
        os.write(fd, b"3 + 4\r.quit\r")
os.waitpid(pid, 0)
PYTHON
    }
    other ln -s "$work/victim" shared/probevue/history
    type_and_quit
    is "the history on a planted link" precious "$(<victim)"
    rm shared/probevue/history
    other touch shared/probevue/history
    type_and_quit
    is "the history on a planted file" 0 "$(stat -c %s shared/probevue/history)"
    rm shared/probevue/history
    type_and_quit
    type_and_quit
    is "the history on its own" '600 2' "$(stat -c %a shared/probevue/history) $(grep -c '^3.*4$' shared/probevue/history)"
    rm -r shared/probevue
fi

# --- what is no file ------------------------------------------------------------------------------------------------

answer=$("$PROBEVUE" -r "$web" -e "$counts")
is "-o /dev/stdout, a pipe" "$answer" "$("$PROBEVUE" -r "$web" -o /dev/stdout -e "$counts" | cat)"
"$PROBEVUE" -r "$web" -o /dev/stdout -e "$counts" >to
is "-o /dev/stdout, a file" "$answer" "$(<to)"
run -r "$web" -o /dev/null -e "$counts"
is "-o /dev/null" '0 character special file' "$? $(stat -c %F /dev/null)"
run -r "$web" -w /dev/null -o - -e "$counts"
is "-w /dev/null" "0 $answer" "$? $(<out)"
is "-w -" "$answer" "$("$PROBEVUE" -r "$web" -w - -o /dev/null -e "$counts" | "$PROBEVUE" -r - -e "$counts")"
is "-w /dev/stdout" "$answer" "$("$PROBEVUE" -r "$web" -w /dev/stdout -o /dev/null -e "$counts" | "$PROBEVUE" -r - -e "$counts")"
is "--state-out /dev/stdout" "$answer" "$("$PROBEVUE" -r "$web" --state-out /dev/stdout -e "$counts" | "$PROBEVUE" --merge - -e "$counts")"
is "/dev/stdout is a link as before" /proc/self/fd/1 "$(readlink /dev/stdout)"
mknod null c 1 3
run -r "$web" --state-out null -e "$gathers"
is "--state-out to a device does not replace it" '0 character special file' "$? $(stat -c %F null)"
mkfifo own shared/own
for fifo in own shared/own; do
    timeout 20 cat "$fifo" >got &
    run -r "$web" -o "$fifo" -e "$counts"
    wait $!
    is "-o $fifo, a FIFO of one's own" "$answer" "$(<got)"
    timeout 20 "$PROBEVUE" -r "$fifo" -e "$counts" >got &
    run -r "$web" -w "$fifo" -e "$counts"
    wait $!
    is "-w $fifo, a FIFO of one's own" "$answer" "$(<got)"
done
for path in '' / . missing/file victim/ plain; do
    run -r "$web" -w "${path:-./}" -e "$counts"
    is "-w ${path:-./} is an error" 2 $?
done

# --- modes and owners -----------------------------------------------------------------------------------------------

of() { stat -c '%a %u:%g' "$1"; }
rm -f shared/*
by_record shared/new
is "-w makes files that nobody else reads" '600 0:0' "$(of shared/new)"
chmod 640 shared/new
by_record shared/new
is "-w keeps the mode of a file" '640 0:0' "$(of shared/new)"
by_output shared/text
is "-o makes files as ever" '644 0:0' "$(of shared/text)"
rm -f shared/*
export SUDO_UID=65534 SUDO_GID=12345
for way in "${ways[@]}"; do
    name=$(name_of "$way")
    "by_$way" "$work/shared/$name" && "by_$way" "$work/shared/$name"
    is "$way with sudo, twice" 0 $?
    is "$way with sudo: whose the file is" 65534:12345 "$(stat -c %u:%g "shared/$name")"
    rm -f shared/*
done
touch shared/ours
by_output shared/ours
is "a file that was there stays whose it is" 0:0 "$(stat -c %u:%g shared/ours)"
ln -s "$work/victim" shared/link && chown -h 65534 shared/link
by_output shared/link
is "a link of who called sudo is refused, as the kernel does" '2 precious' "$? $(<victim)"
for wrong in 0:0 -1:5 4294967295:5 65534:4294967295 99999999999:5 1x:5 :5 65534:; do
    rm -f shared/*
    SUDO_UID=${wrong%:*} SUDO_GID=${wrong#*:} by_output shared/text
    is "SUDO_UID:SUDO_GID $wrong are of nobody" '0 0:0' "$? $(stat -c %u:%g shared/text)"
done
rm -f shared/*
chmod 777 "$work"
SUDO_UID=1 SUDO_GID=1 setpriv --reuid 65534 --regid 65534 --clear-groups timeout 20 "$PROBEVUE" -r "$web" -o shared/text -e "$counts" >out 2>err
is "who is not root believes no SUDO_UID" '0 65534:65534' "$? $(stat -c %u:%g shared/text)"
chmod 755 "$work"

# --- -X -------------------------------------------------------------------------------------------------------------

show() { timeout 20 "$PROBEVUE" -q info=none "$@" -e '@@BEGIN { } @@interval:*:clock:300 { exit(); }' 2>&1; }
as=$(id -un 65534 2>/dev/null)
home=$(getent passwd 65534 | cut -d: -f6)
is "-X runs as who called sudo" '65534 12345' "$(show -X sh -A '-c "echo $(id -u) $(id -g)"')"
is "-X has their groups alone" "12345" "$(show -X sh -A '-c "id -G"' | tr ' ' '\n' | grep -vx 65534)"
is "-X has their names" "$home $as $as" "$(show -X sh -A '-c "echo $HOME $USER $LOGNAME"')"
is "-X has none of root's rights" 0000000000000000 "$(show -X grep -A 'CapEff /proc/self/status' | awk '{ print $2 }')"
is "/usr/bin/id says the same" 1 "$(show -X /usr/bin/id | grep -c '^uid=65534')"
is "a number without a name" '54321 54321 12345 54321 /' \
    "$(SUDO_UID=54321 show -X sh -A '-c "echo $(id -u) $USER $(id -G) $LOGNAME $HOME"')"
is "--child-user root" '0 0' "$(show --child-user root -X sh -A '-c "echo $(id -u) $(id -g)"')"
is "--child-user by number" "$as" "$(SUDO_UID=1 show --child-user 65534 -X sh -A '-c "echo $USER"')"
unset SUDO_UID SUDO_GID
is "-X without sudo runs as ever" 0 "$(show -X sh -A '-c "id -u"')"
is "--child-user without sudo" "$as" "$(show --child-user "$as" -X sh -A '-c "id -un"')"
run --child-user no-such-user -X true -e '@@BEGIN { exit(); }'
is "--child-user of nobody" 2 $?
said "--child-user of nobody" '--child-user: there is no user `no-such-user`'
said "and how users are found" 'getent passwd lists them'
run --child-user root -e '@@BEGIN { exit(); }'
is "--child-user without -X" 2 $?
said "--child-user without -X" '--child-user is the user that runs the program of -X, and there is none'
run --child-user '' -X true -e '@@BEGIN { exit(); }'
said "--child-user with nothing" '--child-user wants the name or the number of a user'
other timeout 20 "$PROBEVUE" --child-user root -X true -e '@@BEGIN { exit(); }' 2>err
is "--child-user of another, not as root" 3 $?
said "--child-user of another, not as root" '--child-user: only root can run the program of -X as `root`'
said "and what to do then" 'leave it out, or run probevue with sudo'

conclude
