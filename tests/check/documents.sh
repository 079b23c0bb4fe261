#!/usr/bin/env bash
# The files of docs/ that other programs read are right as far as those programs are there to ask; links between pages lead
# somewhere; every figure of --stats is explained.
# usage: documents.sh [ROOT]
set -uo pipefail
cd "${1:-$(dirname "$0")/../..}"

problems=0
refuse() {
    echo "$1"
    problems=$((problems + 1))
}
have() { command -v "$1" >/dev/null; }

# The manual page, the completions, the syntax files.
if have man; then
    said=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z docs/probevue.1 2>&1 >/dev/null)
    [[ -z $said ]] || refuse "docs/probevue.1: $said"
fi
! have mandoc || mandoc -T lint -W warning docs/probevue.1 || refuse "docs/probevue.1: see above"
bash -n docs/completions/probevue.bash || refuse "docs/completions/probevue.bash: see above"
! have zsh || zsh -n docs/completions/_probevue || refuse "docs/completions/_probevue: see above"
! have fish || fish -n docs/completions/probevue.fish || refuse "docs/completions/probevue.fish: see above"
if have python3; then
    for file in docs/json-schema.json docs/editors/vscode/*.json; do
        python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$file" || refuse "$file: no JSON"
    done
fi
if have vim; then
    groups=$(mktemp)
    # The file type is found, and the words of a script get the groups that they should.
    vim -Nu NONE -i NONE -es --cmd 'set rtp^=docs/editors/vim' --cmd 'filetype plugin on | syntax on' scripts/top_talkers.e \
        -c "redir! > $groups" -c 'echo &filetype' \
        -c 'for word in ["__pkt", "print", "SORT_BY_VALUE", "long"] | call cursor(1, 1) | call search("\\<" . word . "\\>") | echo word synIDattr(synID(line("."), col("."), 1), "name") | endfor' \
        -c 'redir END' -c 'quit!' scripts/top_talkers.e </dev/null >/dev/null 2>&1
    for want in probevue "__pkt probevueBuiltin" "print probevueFunction" "SORT_BY_VALUE probevueConstant" "long probevueType"; do
        grep -qxF "$want" "$groups" || refuse "docs/editors/vim: no \"$want\" in what vim says: $(tr '\n' ';' <"$groups")"
    done
    rm -f "$groups"
fi

# Links between pages.
for page in *.md docs/*.md; do
    while IFS= read -r link; do
        [[ $link =~ ^[a-z]+: ]] && continue
        target=${link%%#*}
        [[ -z $target || -e $(dirname "$page")/$target ]] || refuse "$page: leads to $target, which is not there"
    done < <(grep -oE '\]\([^)]+\)' "$page" | sed 's/^](//; s/)$//')
done

# Figures.
while IFS= read -r figure; do
    grep -qF "| \`$figure\` |" docs/statistics.md || refuse "docs/statistics.md: does not explain $figure"
done < <(sed -nE 's/^(FIGURE|LOSS)\([^"]*"([^"]+)".*/\2/p' runtime/session/statistics.def)

[[ $problems == 0 ]]
