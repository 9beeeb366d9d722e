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
exec scripts/with-released-grader.sh cargo test --locked --package grader --test busy_machine -- --ignored --nocapture
