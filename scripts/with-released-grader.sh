#!/usr/bin/env bash
# Builds the grader as it is released and runs a command that finds it in $GRADER.
#
#   scripts/with-released-grader.sh COMMAND [ARGUMENT...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! (($#)); then
    echo "usage: scripts/with-released-grader.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
cargo build --locked --release --quiet --package grader --bin grader
GRADER=$(realpath -- "${CARGO_TARGET_DIR:-target}/release/grader")
export GRADER
exec "$@"
