#!/usr/bin/env bash
exec "$(dirname "$0")/on_kernel.sh" 6.12
