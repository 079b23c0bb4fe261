#!/usr/bin/env bash
# The picture in README.md shows what an interactive session prints.
command -v tmux >/dev/null || { echo "skipped: tmux is not installed"; exit 77; }
exec "$(dirname "$0")/../../docs/picture/make" --check
