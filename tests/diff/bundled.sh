# How a bundled script is replayed, as the line `replay:` of its first comment says. Sourced by tests of forms of output.

# replay_of SCRIPT: sets capture and arguments; false when it has no such line
replay_of() {
    # ` * replay:   probevue -r CAPTURE NAME ARGUMENTS`, the capture in tests/data or tests/data/made
    local command
    command=$(sed -n '/^ \* replay:/ { s/^ \* replay: *probevue -r //p; q }' "$1")
    [[ -n $command ]] || return
    capture=tests/data/${command%% *}
    [[ -f $capture ]] || capture=tests/data/made/${command%% *}
    mapfile -t arguments < <(sed 's/^[^ ]* *[^ ]*//' <<<"$command" | xargs -n1 printf '%s\n')
    [[ -n ${arguments[0]:-} ]] || arguments=()
}
