#!/bin/sh
# From a flow to a flow map, on two CPU cores: few steps without guidance, wide and tall frames. Begins with exported weights
# of a flow, their JSON beside them, takes the animator over from them, and writes both into the package. Stop it whenever
# you like: finished shards and the last checkpoint are kept, and running it again goes on. VITASCOPE_HOME names the folder
# for all of it.
#
#   FROM=... runs/cpu-map.sh                        the whole run
#   FROM=... MINUTES=2 MANY=1 SHIP=no runs/cpu-map.sh    a rehearsal, to see that every part works
#
# The flow that the shipped map was taught by:
#   mkdir -p var
#   for part in json safetensors; do git show 7770c39:src/vitascope/weights/s.$part >var/s.$part; done
#   FROM=var/s.safetensors runs/cpu-map.sh
set -eu
FROM=$(realpath "${FROM:?the weights of a flow: see the head of this script}")
cd "$(dirname "$0")/.."
MINUTES=${MINUTES:-40}
MANY=${MANY:-24}         # shards of 256 stills of each shape
SHIP=${SHIP:-yes}        # export into the package, and examine

make -s .venv/.ready-train
python=$PWD/.venv/bin/python
home=${VITASCOPE_HOME:-$HOME/.vitascope}
clips="$home/cache/s"
mkdir -p "$home/began"
[ -f "$home/began/s.safetensors" ] || cp "$FROM" "${FROM%.safetensors}.json" "$home/began/"

draw() { # frames, shards, clips of a shard, view
  OMP_NUM_THREADS=1 $python -m vitascope.training.latents --preset s --placed --frames "$1" --shards "$2" --clips "$3" --view "$4"
}
[ -f "$home/corpus/atlas-2.zip" ] || $python -m vitascope.corpus.build --edition 2
draw 1 1 256 0 # alone: it writes what all of them share
draw 1 "$MANY" 256 2 &
beside=$!
draw 1 "$MANY" 256 3
draw 1 "$MANY" 256 0
wait "$beside"
mkdir -p "$clips"
[ -e "$clips/view1-001" ] || ln -s 001 "$clips/view1-001" # a still has no rate
draw 33 1 24 2 &
beside=$!
draw 33 1 24 3
draw 65 1 16 1
draw 17 2 96 0
draw 33 4 32 0
wait "$beside"

OMP_NUM_THREADS=1 $python -m vitascope.training.run --preset s --name s-map --stage map --guidance 1.5 --fuse --mates 1 \
  --minutes "$MINUTES" --from "$home/began/s.safetensors" --images 0 --long 0 --stills 0.8 --shapes 0.3 --clips 0.08 \
  --rate 2e-4 --flat 0.4 --views --focus 0.0005 --middle 1.5 --memory 0.98 --seed 7
[ "$SHIP" = yes ] || exit 0
$python -m vitascope.training.export --preset s --name s-map --int8 --animator "$home/began/s.safetensors"
$python -m vitascope.training.alive
$python -m vitascope.training.evals --preset s
