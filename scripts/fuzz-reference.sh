#!/usr/bin/env bash
# Plays random scenarios on the built-in reference, with a fixed seed and with another one each
# time. The reference, the oracle and the driver read the subject each in its own way, so that a
# disagreement is a mistake in one of them. Everything is tried, whatever tier asks for it.
#
#   scripts/fuzz-reference.sh [CASES [SEED...]]     20000 cases with seed 1 and a fresh one
#
# Exit status: 0 when nobody disagreed, that of `grader fuzz` otherwise.
set -euo pipefail

cases=${1:-20000}
seeds=("${@:2}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ! $cases =~ ^[1-9][0-9]{0,7}$ ]]; then
    echo "usage: scripts/fuzz-reference.sh [CASES [SEED...]]   (CASES from 1 to 99999999)" >&2
    exit 2
fi
if ((${#seeds[@]} == 0)); then
    seeds=(1 "$((RANDOM * 32768 + RANDOM))")
fi

cargo build --locked --release --quiet --package grader --bin grader
grader=${CARGO_TARGET_DIR:-target}/release/grader
# A machine that is busy with something else must not make the reference look as if it hung.
for seed in "${seeds[@]}"; do
    "$grader" fuzz --require robust --cases "$cases" --seed "$seed" --patience 10 \
        --folder "${CARGO_TARGET_DIR:-target}/fuzz"
done
