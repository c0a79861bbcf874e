#!/usr/bin/env bash
# Runs a command beside a Slurm cluster of one node, this machine:
#
#     tests/slurm/cluster.sh COMMAND [ARGS...]
#
# The cluster is started for the command and stopped when that has ended, in whatever way. All
# that it writes is in a temporary folder, which is removed. It uses ports of 127.0.0.1 that
# nobody else does. Needs Debian's slurm-wlm and munge, and root: slurmd starts jobs as their
# users.
#
# Exits as the command does, or with 4 where there can be no cluster, which it says.
set -u

fail() {
    printf 'cluster.sh: %s\n' "$1" >&2
    for log in "${@:2}"; do
        printf -- '--- the end of %s\n' "$(basename "$log")" >&2
        tail -n 20 "$log" >&2
    done
    exit 4
}

[ "$#" -gt 0 ] || fail 'give a command to run beside the cluster'
[ "$(id -u)" = 0 ] || fail 'a cluster has to be started by root'
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch scontrol; do
    command -v "$program" >/dev/null || fail "there is no $program: run \`make slurm\`"
done

folder=$(mktemp -d "${TMPDIR:-/tmp}/profila-slurm.XXXXXX") || fail 'there is no temporary folder'
chmod 755 "$folder"
started=()

# Ends what was started, the last first, and waits until it has ended.
stop() {
    trap - EXIT INT TERM HUP
    local at process
    if [ -e "$folder/ready" ]; then
        scancel --state=RUNNING --state=PENDING --user=root 2>/dev/null
        # slurmd has to hear of it, to end what a job has started.
        for _ in $(seq 50); do
            [ -z "$(squeue --noheader 2>/dev/null)" ] && break
            sleep 0.1
        done
    fi
    for ((at = ${#started[@]} - 1; at >= 0; at--)); do
        process=${started[at]}
        kill "$process" 2>/dev/null
        for _ in $(seq 100); do
            kill -0 "$process" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    rm -rf "$folder"
}
trap 'stop' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Two ports that are free.
ports=$(python3 - <<'PORTS'
import socket
sockets = [socket.socket() for _ in range(2)]
for it in sockets:
    it.bind(("127.0.0.1", 0))
print(*(it.getsockname()[1] for it in sockets))
PORTS
) || fail 'python3 finds no free ports'
read -r controller_port node_port <<<"$ports"

node=$(hostname -s)
mkdir "$folder"/{state,spool,munge}
(umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
cat >"$folder/slurm.conf" <<CONF
ClusterName=profila
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$controller_port
SlurmdPort=$node_port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
# Without cgroups, which containers may not have.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
# A node that has less than it is said to have is used all the same.
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
SchedulerParameters=sched_interval=1,batch_sched_delay=1
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf

munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --seed-file="$folder/munge/seed" \
    --log-file="$folder/munge/log" >"$folder/munged.out" 2>&1 &
started+=($!)
for _ in $(seq 100); do
    [ -S "$folder/munge/socket" ] && break
    sleep 0.1
done
[ -S "$folder/munge/socket" ] || fail 'munged did not start' "$folder/munged.out"

slurmctld -D -f "$SLURM_CONF" >"$folder/slurmctld.out" 2>&1 &
started+=($!)

# Waits until the node is ready; fails where slurmd has ended.
is_ready() {
    for _ in $(seq 300); do
        [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ] && return 0
        kill -0 "${started[1]}" 2>/dev/null || fail 'slurmctld ended' "$folder/slurmctld.out"
        kill -0 "$1" 2>/dev/null || return 1
        sleep 0.1
    done
    fail 'the node does not become ready' "$folder/slurmctld.out" "$folder/slurmd.out"
}

# slurmd wants a plugin for cgroups even where nothing uses it, and not every one starts
# everywhere: `disabled` is not in older versions, and the others need a mounted hierarchy.
for plugin in autodetect disabled cgroup/v1; do
    echo "CgroupPlugin=$plugin" >"$folder/cgroup.conf"
    slurmd -D -N "$node" -f "$SLURM_CONF" >"$folder/slurmd.out" 2>&1 &
    # Before it is ready, so that it is ended where it never becomes so.
    started[2]=$!
    if is_ready "${started[2]}"; then
        touch "$folder/ready"
        break
    fi
done
[ -e "$folder/ready" ] || fail 'slurmd does not start' "$folder/slurmd.out"

"$@" &
command=$!
# So that it does not outlive the cluster.
started+=("$command")
wait "$command"
code=$?
unset 'started[3]'
exit "$code"
