#!/usr/bin/env bash
# Grades ten servers of different styles twice each, the second time beside sixteen processes that
# spin, and complains where a check ended otherwise. It takes some minutes.
#
#   scripts/busy.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if (($#)); then
    echo "usage: scripts/busy.sh" >&2
    exit 2
fi
cargo build --locked --release --quiet --package grader --bin grader
GRADER=$(realpath -- "${CARGO_TARGET_DIR:-target}/release/grader")
export GRADER
exec cargo test --locked --package grader --test busy_machine -- --ignored --nocapture
