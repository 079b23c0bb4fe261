#!/usr/bin/env bash
# The picture in README.md shows what the commands print.
exec "$(dirname "$0")/../../docs/picture/make" --check
