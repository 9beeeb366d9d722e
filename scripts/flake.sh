#!/usr/bin/env bash
# Looks for flakes: grades the same servers again and again while every processor is kept busy by
# something else, and tells each check that did not end as it did in the first run of its server.
#
#   scripts/flake.sh [RUNS] [SERVER...]     200 runs of the built-in reference where nothing is said
#
# Exit status: 0 when all runs of each server agree, 1 when one differs, 2 when not even the first
# could be made.
set -euo pipefail

runs=${1:-200}
servers=()
for server in "${@:2}"; do
    servers+=("$(realpath -m -- "$server")")
done
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ! $runs =~ ^[1-9][0-9]{0,4}$ ]]; then
    echo "usage: scripts/flake.sh [RUNS] [SERVER...]   (RUNS from 1 to 99999)" >&2
    exit 2
fi
# A run that takes longer than this many seconds is a hanging grader.
longest=300

cargo build --locked --release --quiet --package grader --bin grader
grader=${CARGO_TARGET_DIR:-target}/release/grader

folder=$(mktemp -d)
busy=()
end() {
    # Only what was started below.
    if ((${#busy[@]})); then
        kill "${busy[@]}" 2>/dev/null || true
        wait "${busy[@]}" 2>/dev/null || true
    fi
    rm -rf -- "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for ((processor = $(getconf _NPROCESSORS_ONLN); processor > 0; processor--)); do
    (while :; do :; done) &
    busy+=($!)
done

# One line for each check and each tier, without the details of a failure, which may vary.
outcomes() {
    grep -E '^(✓|✗|–|!) ' "$1" || true
}

# Grades one server, or the built-in reference where none is named, and counts in `differing`.
differing=0
grade_again_and_again() {
    local server=("$@") number status
    echo "${1:-the built-in reference}:"
    for ((number = 1; number <= runs; number++)); do
        status=0
        timeout "$longest" "$grader" run ${server[@]+"${server[@]}"} >"$folder/report" 2>&1 ||
            status=$?
        if ((number == 1 && status > 1)); then
            cat "$folder/report" >&2
            echo "the grader ended with status $status" >&2
            exit 2
        fi
        {
            outcomes "$folder/report"
            echo "status $status"
        } >"$folder/now"
        if ((number == 1)); then
            cp "$folder/now" "$folder/first"
            echo "run 1: status $status"
            # The last lines that are not empty: the verdict, and the time it took.
            grep -E '^(Verdict|Server)' "$folder/report"
        elif ! cmp -s "$folder/first" "$folder/now"; then
            differing=$((differing + 1))
            echo "run $number differs:"
            diff --unchanged-line-format= --old-line-format='  then: %L' \
                --new-line-format='  now:  %L' "$folder/first" "$folder/now" || true
            grep -E '^Server' "$folder/report" || true
            cp "$folder/report" "${TMPDIR:-/tmp}/flake-$differing.txt"
            echo "  the whole report: ${TMPDIR:-/tmp}/flake-$differing.txt"
        fi
    done
}

if ((${#servers[@]})); then
    for server in "${servers[@]}"; do
        grade_again_and_again "$server"
    done
else
    grade_again_and_again
fi

echo "$runs runs of each, $differing differed from the first"
((differing == 0))
