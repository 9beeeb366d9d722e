#!/usr/bin/env bash
# The proof that the grader is right: grades every saboteur and every stranger in every scenario,
# which takes some minutes, and compares what it finds with docs/proof.md.
#
#   scripts/proof.sh                     complains where something is not as it must be
#   UPDATE_GOLDEN=1 scripts/proof.sh     writes docs/proof.md anew as well
#   SABOTEURS='NAME...' scripts/proof.sh plays these saboteurs only, and looks at no page
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if (($#)); then
    echo "usage: scripts/proof.sh   (UPDATE_GOLDEN=1 writes docs/proof.md anew)" >&2
    exit 2
fi
exec scripts/with-released-grader.sh cargo test --locked --package grader --test proof -- --ignored --nocapture --exact the_proof_holds
