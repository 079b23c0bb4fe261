# Debian's kernels, for the tests under qemu; sourced.
#
# fetch_kernel VERSION [ARCHITECTURE]: the newest cloud kernel of that line (6.1, 6.12, 6.18) that Debian has for amd64, or
# the architecture named, unpacked; its directory is in $kernel. Packages come from the mirror that the system uses, with
# lists of our own, so that nothing of the system's changes, and stay in build/kernels. Returns 1 and says why in $problem
# when there is none to be had.

kernels=$PWD/build/kernels

# The mirrors of the system, as `URI RELEASE`.
mirrors() { apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null | sort -u; }

# own_apt COMMAND ARGUMENT...: apt-get or apt-cache with our own sources and lists
own_apt() {
    local command=$1
    shift
    timeout -k 5 240 "$command" -q -o Dir::Etc::SourceList="$lists/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State="$lists/state" -o Dir::Cache="$lists/cache" -o APT::Sandbox::User=root \
        -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
        -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Acquire::Retries=2 -o Acquire::Languages=none "$@" </dev/null
}

update_lists() {
    local main security option keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    main=$(mirrors | awk '$2 == "bookworm" && $1 ~ /\/debian\/?$/ { print $1; exit }')
    security=$(mirrors | awk '$2 == "bookworm-security" { print $1; exit }')
    [[ -n $main ]] || { problem="the system has no mirror of Debian 12"; return 1; }
    mkdir -p "$lists"/state/lists/partial "$lists"/cache/archives/partial
    option="arch=$architecture"
    [[ ! -e $keyring ]] || option+=" signed-by=$keyring"
    {
        echo "deb [$option] $main bookworm main"
        [[ -z $security ]] || echo "deb [$option] $security bookworm-security main"
        echo "deb [$option] $main trixie-backports main"
    } >"$lists/sources.list"
    own_apt apt-get update >"$lists/log" 2>&1 || {
        problem="the lists of Debian's packages cannot be had: $(grep -E '^[EW]:' "$lists/log" | head -n 1)"
        return 1
    }
    touch "$lists/updated"
}

# Lists older than a day are fetched again.
lists_are_fresh() { [[ -n $(find "$lists/updated" -mmin -1440 2>/dev/null) ]]; }

newest_package() {
    own_apt apt-cache pkgnames "linux-image-$1." 2>/dev/null | grep -E "^linux-image-[0-9][^ ]*[0-9b]-cloud-$architecture\$" | sort -V | tail -n 1
}

fetch_kernel() {
    local lock status architecture=${2:-amd64}
    local lists=$kernels/apt-$architecture
    problem=
    command -v apt-get >/dev/null || { problem="there is no apt-get to fetch Debian's kernels with"; return 1; }
    mkdir -p "$kernels"
    exec {lock}>"$kernels/lock"
    flock "$lock" # of several tests, each waits until the other has the lists and its kernel
    fetch_locked "$1"
    status=$?
    exec {lock}>&-
    return $status
}

fetch_locked() {
    local package
    lists_are_fresh || update_lists || return 1
    package=$(newest_package "$1")
    [[ -n $package ]] || { problem="Debian has no cloud kernel $1 for $architecture"; return 1; }
    kernel=$kernels/$package
    [[ -d $kernel ]] && return
    rm -rf "$kernel.new"
    mkdir -p "$kernel.new"
    if ! (cd "$kernel.new" && own_apt apt-get download "$package" && dpkg-deb -x "$package"_*.deb . && rm -- *.deb) >"$lists/log" 2>&1; then
        problem="the package $package cannot be had: $(grep -E '^[EW]:' "$lists/log" | head -n 1)"
        return 1
    fi
    mv "$kernel.new" "$kernel"
}
