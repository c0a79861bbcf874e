#!/bin/bash
# Compares two versions of a script on several nodes of a Slurm cluster:
#
#     examples/slurm/submit.sh NODES FOLDER [OPTIONS] BEFORE AFTER [-- ARGS]
#
# submits a job array that measures one part of the experiment on each of so many nodes, and a
# job that joins them afterwards. FOLDER, which all nodes have to see, gets the parts, the whole,
# the comparison and the output of both jobs. What follows it is given to `profila diff`. PROFILA
# names the program, SBATCH what `sbatch` is to be told besides, such as `--partition=cpu`.
set -eu

if [ "$#" -lt 4 ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
nodes=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
shift 2

export PROFILA=${PROFILA:-profila} PARTS=$folder/parts WHOLE=$folder/whole
export COMPARISON=$folder/comparison
if [ -e "$PARTS" ]; then
    echo "$PARTS is there already: the parts of another experiment would be mixed with these" >&2
    exit 2
fi
read -ra options <<<"${SBATCH:-}"

array=$(sbatch --parsable "${options[@]}" --array="1-$nodes" \
    --output="$folder/part-%a.log" "$here/shards.sbatch" "$@")
echo "submitted $nodes parts as job $array, which write to $PARTS"
merge=$(sbatch --parsable "${options[@]}" --dependency="afterany:$array" \
    --output="$folder/merge.log" "$here/merge.sbatch")
printf '%b\n' "submitted job $merge, which joins them to $WHOLE and reports in $folder/merge.log,\n  $COMPARISON.html and $COMPARISON.json"
