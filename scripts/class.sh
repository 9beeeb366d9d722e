#!/usr/bin/env bash
# Grades a large class: saboteurs and strangers many times over. The grader is killed in the
# middle and resumed, and every grade is compared with what it must be. Tells how many were graded
# in a minute, and how much memory that took.
#
#   scripts/class.sh [SIZE]     200 submissions where nothing is said
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
GRADER_CLASS=${1:-200}
if [[ ! $GRADER_CLASS =~ ^[1-9][0-9]{0,4}$ ]] || (($# > 1)); then
    echo "usage: scripts/class.sh [SIZE]   (SIZE from 1 to 99999)" >&2
    exit 2
fi
export GRADER_CLASS
exec scripts/with-released-grader.sh cargo test --locked --package grader --test grader_batch -- --ignored --nocapture
