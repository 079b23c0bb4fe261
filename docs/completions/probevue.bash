# Completion of probevue for bash.
# Generated from the flags of the command: cmake --build --preset release --target docs
# Names of scripts that begin with a word: `probevue --scripts` indents them.
_probevue_scripts() {
    compgen -W "$("${COMP_WORDS[0]}" --scripts 2>/dev/null | sed -n 's/^  \([^ ]*\).*/\1/p')" -- "$1"
}
_probevue() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at
    COMPREPLY=()
    # Behind the script stand its own arguments: files, as good a guess as any.
    for ((at = 1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
        -e|-r|--shard|--split|--state-out|--every|--merge|-w|-C|-G|-W|-o|-l|--scripts|--show|--test|-I|-X|-A|-L|--child-user|--format|-c|--top|--metrics|--textfile|--push|--max-series|-j|--for|-q|--color|--columns|-d|--interface|--home|--engine|--hook|--netns|-s|-t|-f|-P) ((at++)) ;;
        -*) ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        esac
    done
    case $before in
        -e) mapfile -t COMPREPLY < <(:); return ;;
        -r) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --shard) mapfile -t COMPREPLY < <(:); return ;;
        --split) mapfile -t COMPREPLY < <(:); return ;;
        --state-out) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --every) mapfile -t COMPREPLY < <(:); return ;;
        --merge) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        -w) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        -C) mapfile -t COMPREPLY < <(:); return ;;
        -G) mapfile -t COMPREPLY < <(:); return ;;
        -W) mapfile -t COMPREPLY < <(:); return ;;
        -o) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        -l) mapfile -t COMPREPLY < <(compgen -W 'BEGIN END net interval syscall syscallx uft kft systrace sysproc' -- "$word"); return ;;
        --scripts) mapfile -t COMPREPLY < <(:); return ;;
        --show) mapfile -t COMPREPLY < <(_probevue_scripts "$word"); return ;;
        --test) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        -I) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        -X) mapfile -t COMPREPLY < <(compgen -c -- "$word"); return ;;
        -A) mapfile -t COMPREPLY < <(:); return ;;
        -L) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --child-user) mapfile -t COMPREPLY < <(:); return ;;
        --format) mapfile -t COMPREPLY < <(compgen -W 'text json csv html' -- "$word"); return ;;
        -c) mapfile -t COMPREPLY < <(:); return ;;
        --top) mapfile -t COMPREPLY < <(:); return ;;
        --metrics) mapfile -t COMPREPLY < <(:); return ;;
        --textfile) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
        --push) mapfile -t COMPREPLY < <(:); return ;;
        --max-series) mapfile -t COMPREPLY < <(:); return ;;
        -j) mapfile -t COMPREPLY < <(:); return ;;
        --for) mapfile -t COMPREPLY < <(:); return ;;
        -q) mapfile -t COMPREPLY < <(compgen -W 'info=none info=normal info=detail' -- "$word"); return ;;
        --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word"); return ;;
        --columns) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$word"); return ;;
        -d) mapfile -t COMPREPLY < <(compgen -W 'tokens ast types ir place merge ebpf cbpf program' -- "$word"); return ;;
        --interface) mapfile -t COMPREPLY < <(:); return ;;
        --home) mapfile -t COMPREPLY < <(compgen -W 'auto engine kernel' -- "$word"); return ;;
        --engine) mapfile -t COMPREPLY < <(compgen -W 'jit interp' -- "$word"); return ;;
        --hook) mapfile -t COMPREPLY < <(:); return ;;
        --netns) mapfile -t COMPREPLY < <(:); return ;;
        -s) mapfile -t COMPREPLY < <(:); return ;;
        -t) mapfile -t COMPREPLY < <(:); return ;;
        -f) mapfile -t COMPREPLY < <(compgen -W 'milli micro' -- "$word"); return ;;
        -P) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;
    esac
    case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W '-e -r --skip-bad --shard --split --state-out --every --merge -w -C -G -W --wireshark -o --check --lsp -l --scripts --show --test --fmt --update -I -X -A -L --child-user --format -n -c --top --metrics --textfile --push --max-series --stats -j --for --fail-on-loss -q --color --columns --si -d --keep-going --interface --home --engine --hook --netns -s -t -u -T -f -i -g -K -P -v -V --version -h --help' -- "$word") ;;
        *) mapfile -t COMPREPLY < <(_probevue_scripts "$word"; compgen -f -X '!*.e' -- "$word"; compgen -d -- "$word") ;;
    esac
}
complete -o filenames -F _probevue probevue
