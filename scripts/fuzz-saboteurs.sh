#!/usr/bin/env bash
# Plays random scenarios for ten seconds with every saboteur, and for twenty with every stranger
# that the subject passes. Says of each saboteur which rule a case failed, how many cases that
# took and how many steps its shortest form has. Complains of a saboteur that was missed and is
# not in grader/tests/proof/beyond-chance.toml, and of a stranger that was failed.
#
#   scripts/fuzz-saboteurs.sh                  all of them, some twenty minutes
#   scripts/fuzz-saboteurs.sh SABOTEUR...      these saboteurs
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
for saboteur in "$@"; do
    if [[ ! -f grader/tests/servers/saboteurs/$saboteur.toml ]]; then
        echo "usage: scripts/fuzz-saboteurs.sh [SABOTEUR...]   (there is no $saboteur)" >&2
        exit 2
    fi
done

SABOTEURS=$*
export SABOTEURS
tests=(random_scenarios_find_what_is_within_their_reach)
if (($# == 0)); then
    tests+=(random_scenarios_fail_no_correct_server)
fi
# One test after the other, so that each server has the same share of the machine.
exec scripts/with-released-grader.sh cargo test --locked --package grader --test proof -- --ignored --nocapture --exact \
    --test-threads 1 "${tests[@]}"
