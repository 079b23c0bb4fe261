# Completion of probevue for fish.
# Generated from the flags of the command: cmake --build --preset release --target docs
# Names of scripts, with what they answer: `probevue --scripts` indents them.
function __probevue_names
    set -l words (commandline -opc)
    $words[1] --scripts 2>/dev/null | string replace -rf '^  (\S+) *(.*)' '$1\t$2'
end
# Behind the script stand its own arguments: files, as good a guess as any.
function __probevue_before_script
    set -l words (commandline -opc)
    set -l at 2
    while test $at -le (count $words)
        if contains -- $words[$at] -e -r --shard --split --state-out --every --merge -w -C -G -W -o -l --scripts --show --test -I -X -A -L --child-user --format -c --top --metrics --textfile --push --max-series -j --for -q --color --columns -d --interface --home --engine --hook --netns -s -t -f -P
            set at (math $at + 1)
        else if not string match -q -- '-*' $words[$at]
            return 1
        end
        set at (math $at + 1)
    end
end
complete -c probevue -n __probevue_before_script -f -a '(__probevue_names)'
complete -c probevue -n __probevue_before_script -k -a '(__fish_complete_suffix .e)'
complete -c probevue -n __probevue_before_script -s e -x -d 'run the program TEXT instead of a script'
complete -c probevue -n __probevue_before_script -s r -r -F -d 'replay a capture; may be repeated'
complete -c probevue -n __probevue_before_script -l skip-bad -d 'With -r'
complete -c probevue -n __probevue_before_script -l shard -x -d 'With -r'
complete -c probevue -n __probevue_before_script -l split -x -d 'With -r and -w'
complete -c probevue -n __probevue_before_script -l state-out -r -F -d 'Writes what the script has gathered, and the lines that it has printed, to `FILE` in place of an answer'
complete -c probevue -n __probevue_before_script -l every -x -d 'With --state-out of a live session'
complete -c probevue -n __probevue_before_script -l merge -r -F -d 'The answer of states (--state-out) that were gathered apart, by shards, files or hosts, as one process would give it'
complete -c probevue -n __probevue_before_script -s w -r -F -d 'record what the probes see'
complete -c probevue -n __probevue_before_script -s C -x -d 'with -w: a new file beyond SIZE MB'
complete -c probevue -n __probevue_before_script -s G -x -d 'with -w: a new file each SECONDS'
complete -c probevue -n __probevue_before_script -s W -x -d 'with -C: keep N files; with -G: end after N'
complete -c probevue -n __probevue_before_script -l wireshark -d 'With -w'
complete -c probevue -n __probevue_before_script -s o -r -F -d 'write trace output to FILE'
complete -c probevue -n __probevue_before_script -l check -d 'compile only; the exit status tells'
complete -c probevue -n __probevue_before_script -l lsp -d 'language server for editors'
complete -c probevue -n __probevue_before_script -s l -x -a 'BEGIN END net interval syscall syscallx uft kft systrace sysproc' -d 'list probe points; -v adds their built-ins'
complete -c probevue -n __probevue_before_script -l scripts -x -d 'list scripts that can be run by name'
complete -c probevue -n __probevue_before_script -l show -x -a '(__probevue_names)' -d 'print the script NAME'
complete -c probevue -n __probevue_before_script -l test -r -F -d 'run the script tests in DIR; --update too'
complete -c probevue -n __probevue_before_script -l fmt -d 'print a script in the house style'
complete -c probevue -n __probevue_before_script -l update -d 'With --test'
complete -c probevue -n __probevue_before_script -s I -r -F -d 'read C declarations from FILE'
complete -c probevue -n __probevue_before_script -s X -x -a '(__fish_complete_command)' -d 'start PROG when the probes are set'
complete -c probevue -n __probevue_before_script -s A -x -d 'arguments for the program of -X'
complete -c probevue -n __probevue_before_script -s L -r -F -d 'Library path (`LD_LIBRARY_PATH`) for the program of -X'
complete -c probevue -n __probevue_before_script -l child-user -x -d 'The user, by name or number, that runs the program of -X'
complete -c probevue -n __probevue_before_script -l format -x -a 'text json csv html' -d 'form of the output'
complete -c probevue -n __probevue_before_script -s n -d 'never resolve addresses to names'
complete -c probevue -n __probevue_before_script -s c -x -d 'end after N events; presentation: probevue(1)'
complete -c probevue -n __probevue_before_script -l top -x -d 'show values on a screen that is redrawn'
complete -c probevue -n __probevue_before_script -l metrics -x -d 'serve the variables to Prometheus'
complete -c probevue -n __probevue_before_script -l textfile -r -F -d 'Writes what --metrics serves to a file in `DIR`, which is named after the script, each 10 seconds and at the end'
complete -c probevue -n __probevue_before_script -l push -x -d 'Sends what --metrics serves to `URL` each 10 seconds and at the end'
complete -c probevue -n __probevue_before_script -l max-series -x -d 'With --metrics, --textfile and --push'
complete -c probevue -n __probevue_before_script -l stats -d 'figures at the end, on standard error'
complete -c probevue -n __probevue_before_script -s j -x -d 'replay on N threads; 0: one for each processor'
complete -c probevue -n __probevue_before_script -l for -x -d 'end after TIME: 10s, 500ms, 2m, 1h'
complete -c probevue -n __probevue_before_script -l fail-on-loss -d 'exit 4 when anything was lost'
complete -c probevue -n __probevue_before_script -s q -x -a 'info=none info=normal info=detail' -d 'amount of notes on standard error'
complete -c probevue -n __probevue_before_script -l color -x -a 'auto always never' -d 'colours: auto, always, never'
complete -c probevue -n __probevue_before_script -l columns -x -a 'auto always never' -d 'What print() and its kin show in columns, bars below a scale'
complete -c probevue -n __probevue_before_script -l si -d 'bytes and times with units: 1.23 MB, 15 ms'
complete -c probevue -n __probevue_before_script -s d -x -a 'tokens ast types ir place merge ebpf cbpf program' -d 'show a stage of the compiler and stop'
complete -c probevue -n __probevue_before_script -l keep-going -d 'With -d'
complete -c probevue -n __probevue_before_script -l interface -x -d 'for probes that name none; also -i IF'
complete -c probevue -n __probevue_before_script -l home -x -a 'auto engine kernel' -d 'where clauses run: auto, engine, kernel'
complete -c probevue -n __probevue_before_script -l engine -x -a 'jit interp' -d 'How the engine runs clauses'
complete -c probevue -n __probevue_before_script -l hook -x -d 'Takes this rung of the ladder of kernel hooks and no other; for tests'
complete -c probevue -n __probevue_before_script -l netns -x -d 'network namespace: all, own, NAME, PATH'
complete -c probevue -n __probevue_before_script -s s -x -d 'size of the buffer of an interface'
complete -c probevue -n __probevue_before_script -s t -x -d 'How often buffers are read, at the least'
complete -c probevue -n __probevue_before_script -s u -d 'Symbols of programs in stack traces on AIX'
complete -c probevue -n __probevue_before_script -s T -d 'A time profile of the session, at its end on standard error'
complete -c probevue -n __probevue_before_script -s f -x -a 'milli micro' -d 'Unit of the time profile of -T'
complete -c probevue -n __probevue_before_script -s i -d 'The interactive session'
complete -c probevue -n __probevue_before_script -s g -d 'Means nothing here'
complete -c probevue -n __probevue_before_script -s K -d 'Means nothing here'
complete -c probevue -n __probevue_before_script -s P -r -F -d 'Makes definitions from C++ headers on AIX'
complete -c probevue -n __probevue_before_script -s v -d 'say more'
complete -c probevue -n __probevue_before_script -s V -l version -d 'version'
complete -c probevue -n __probevue_before_script -s h -l help -d 'this text'
