#!/usr/bin/env bash
# Grades a class by a Slurm job array of four shares and joins them, on this machine alone: starts
# munged, slurmctld and slurmd by hand, on 127.0.0.1 and in a folder of its own, and ends them.
#
#   scripts/slurm-batch.sh CLASS RESULTS
#
# Needs root and Debian's packages slurm-wlm and munge. Exit status: 0 when all was graded and
# joined, 1 when not, 2 when it could not be tried.
set -euo pipefail
if (($# != 2)); then
    echo "usage: scripts/slurm-batch.sh CLASS RESULTS" >&2
    exit 2
fi
class=$(realpath -- "$1")
results=$(realpath -m -- "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH=$PATH:/usr/sbin
for tool in munged slurmctld slurmd sbatch squeue; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is not installed: apt-get install slurm-wlm munge" >&2
        exit 2
    fi
done
if [[ $(id -u) != 0 ]]; then
    echo "slurmd needs root" >&2
    exit 2
fi
grader=${GRADER:-}
if [[ -z $grader ]]; then
    cargo build --locked --release --quiet --package grader --bin grader
    grader=$(realpath -- "${CARGO_TARGET_DIR:-target}/release/grader")
fi

folder=$(mktemp -d)
started=()
end() {
    # Only what was started below, the last first.
    local number
    for ((number = ${#started[@]} - 1; number >= 0; number--)); do
        kill "${started[number]}" 2>/dev/null || true
        wait "${started[number]}" 2>/dev/null || true
    done
    rm -rf -- "$folder"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

host=$(hostname -s)
mkdir "$folder/state" "$folder/spool" "$folder/munge"
chmod 700 "$folder/munge"
dd if=/dev/urandom of="$folder/munge/key" bs=128 count=1 status=none
chmod 600 "$folder/munge/key"
cat >"$folder/slurm.conf" <<CONFIGURATION
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(getconf _NPROCESSORS_ONLN) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONFIGURATION
export SLURM_CONF=$folder/slurm.conf

# A daemon of ours, whose words are kept.
start() {
    "$@" >"$folder/$1.log" 2>&1 &
    started+=($!)
}
start munged --foreground --force --key-file="$folder/munge/key" \
    --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
start slurmctld -D
start slurmd -D
# There is no event for a cluster that is ready; its own command says so.
tries=0
until sinfo --noheader --states=idle 2>/dev/null | grep -q "$host"; do
    if ((++tries > 100)); then
        echo "the cluster does not come up:" >&2
        tail -n 5 "$folder"/*.log "$folder/munge/log" >&2 || true
        exit 2
    fi
    sleep 0.3
done

cat >"$folder/share.sh" <<SHARE
#!/bin/sh
exec '$grader' batch '$class' --out "$folder/share-\$SLURM_ARRAY_TASK_ID" \
    --shard "\$SLURM_ARRAY_TASK_ID/4" --jobs 1 --resume
SHARE
cat >"$folder/join.sh" <<JOIN
#!/bin/sh
exec '$grader' merge "$folder"/share-[1-4] --out '$results'
JOIN
array=$(sbatch --parsable --array=1-4 --output="$folder/share-%a.out" "$folder/share.sh")
echo "array $array of four shares"
# It returns when the joining has ended, with its status.
status=0
sbatch --wait --dependency="afterok:$array" --kill-on-invalid-dep=yes \
    --output="$folder/join.out" "$folder/join.sh" || status=1
for share in 1 2 3 4; do
    echo "--- share $share/4"
    cat "$folder/share-$share.out" || true
done
echo "--- joined"
cat "$folder/join.out" || status=1
((status == 0))
