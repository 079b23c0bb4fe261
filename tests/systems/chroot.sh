# Systems of Debian in folders, made by debootstrap from the mirror that this machine uses; sourced, from the root of the source tree.
#
#     $systems/NAME/base     Debian's smallest system
#     $systems/NAME/full     the same, with what .ci/setup installs
#     $systems/ccache        what compilers in all of them have made
#
# Each command in a system has its own mounts and processes: with it, all end, however it ends.

systems=${PROBEVUE_SYSTEMS:-${XDG_CACHE_HOME:-$HOME/.cache}/probevue/systems}
declare -A SYSTEMS=([debian-12]=bookworm [debian-13]=trixie [testing]=testing)

# The first mirror of Debian that apt uses.
mirror() { apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null | awk '$2 == "Debian" { print $1; exit }'; }

# What is missing for systems to be made; nothing when all is there.
missing_for_systems() {
    local tool
    [[ $(id -u) == 0 ]] || { echo "systems in folders need root"; return; }
    for tool in apt-get debootstrap unshare; do
        command -v "$tool" >/dev/null || { echo "$tool is not installed: .ci/setup systems"; return; }
    done
    unshare --mount --pid --fork true 2>/dev/null || { echo "this machine permits no mounts of one's own"; return; }
    [[ -n $(mirror) ]] || { echo "apt has no mirror of Debian: look at 'apt-get indextargets'"; return; }
}

# in_system ROOT TREE PLACE NET COMMAND...: runs a command in a system, the folder TREE mounted read-only at PLACE and the working
# directory, with this machine's network (NET=net) or with none but loopback (NET=no-net)
in_system() {
    local net=()
    [[ $4 == net ]] || net=(--net)
    unshare --mount --pid --fork --kill-child "${net[@]}" bash -euc '
        root=$1 tree=$2 place=$3 ccache=$4
        shift 5
        mount --bind "$root" "$root" # a mount of its own
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /sys "$root/sys"
        mkdir -p "$root$place" "$root/build" "$root/ccache"
        mount --bind "$ccache" "$root/ccache"
        mount --bind "$tree" "$root$place"
        mount -o remount,ro,bind "$root$place"
        cp /etc/resolv.conf /etc/hosts "$root/etc/"
        # As the root of the mounts, not by chroot alone: in that no user namespace can be made.
        mkdir -p "$root/before"
        cd "$root"
        pivot_root . before
        exec chroot . /usr/bin/env -i -C "$place" HOME=/root LC_ALL=C.UTF-8 TERM=dumb CCACHE_DIR=/ccache CCACHE_MAXSIZE=20G \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            bash -c '\''umount -l /before && rmdir /before && exec "$@"'\'' _ "$@"
    ' in_system "$1" "$2" "$3" "$systems/ccache" "${@:4}" </dev/null
}

# make_system NAME: its folders, unless they are there; what goes wrong is said on standard error
make_system() {
    local suite=${SYSTEMS[$1]} folder=$systems/$1 script=() proxy
    mkdir -p "$folder" "$systems/ccache"
    if [[ ! -d $folder/base ]]; then
        rm -rf "$folder/base.new"
        [[ -e /usr/share/debootstrap/scripts/$suite ]] || script=(sid) # a release that this debootstrap is older than
        eval "$(apt-config shell proxy Acquire::http::Proxy)"
        echo "making $1" >&2
        http_proxy=${proxy:-${http_proxy:-}} unshare --mount debootstrap --variant=minbase --include=ca-certificates \
            "$suite" "$folder/base.new" "$(mirror)" "${script[@]}" >"$folder/log" 2>&1 || { tail -n 5 "$folder/log" >&2; return 1; }
        # A mirror may stand still for longer than the lists of testing say that they hold.
        echo 'Acquire::Check-Valid-Until "false";' >"$folder/base.new/etc/apt/apt.conf.d/90mirror"
        apt-config dump | grep -E '^Acquire::https?::Proxy' >>"$folder/base.new/etc/apt/apt.conf.d/90mirror"
        mv "$folder/base.new" "$folder/base"
    fi
    if [[ ! -d $folder/full ]]; then
        rm -rf "$folder/full.new"
        cp -a "$folder/base" "$folder/full.new" && mv "$folder/full.new" "$folder/full"
    fi
}
