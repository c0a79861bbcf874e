#!/usr/bin/env bash
# Installs Debian's slurm-wlm and munge, unless they are there. Nothing of them is started.
#
# Exits with 4 where they cannot be installed, which it says.
set -eu

PATH=$PATH:/usr/sbin:/sbin
fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit 4
}

missing=()
command -v munged >/dev/null || missing+=(munge)
for program in slurmctld slurmd sbatch; do
    command -v "$program" >/dev/null || missing+=(slurm-wlm)
done
[ "${#missing[@]}" -gt 0 ] || exit 0
[ "$(id -u)" = 0 ] || fail 'Slurm is not installed, and this is not root'
command -v apt-get >/dev/null || fail 'Slurm is not installed, and there is no apt-get'

# Services that a package starts would outlive the test.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
install=(apt-get install --quiet=2 --no-install-recommends --yes slurm-wlm munge)
"${install[@]}" >/dev/null 2>&1 || { apt-get update --quiet=2 && "${install[@]}" >/dev/null; } ||
    fail 'apt-get cannot install slurm-wlm and munge'
