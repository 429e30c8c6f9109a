#!/bin/sh
# Does training learn by heart? The model trained once more with canaries in its clips, in a home of its own, then asked
# for each of them. Nothing that comes out of this ships. Takes as long as runs/train.sh.
# Clips are those in place: what travels is carried along a track, and nothing of it is learned by heart.
#
#   runs/canaries.sh                                      25 canaries of each number of times: never, 1, 10, 100
#   MINUTES=3 SHARDS=1 CLIPS=256 EACH=2 runs/canaries.sh  a rehearsal
set -eu
cd "$(dirname "$0")/.."
MINUTES=${MINUTES:-90}
SHARDS=${SHARDS:-12}
CLIPS=${CLIPS:-1024}
EACH=${EACH:-25}
PROCESSES=${PROCESSES:-2}
first=${VITASCOPE_HOME:-$HOME/.vitascope}
export VITASCOPE_HOME="$first/canaries"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

make -s .venv/.ready-train
python=.venv/bin/python
mkdir -p "$VITASCOPE_HOME/corpus"
[ -e "$VITASCOPE_HOME/corpus/atlas.zip" ] || ln -s "$first/corpus/atlas.zip" "$VITASCOPE_HOME/corpus/atlas.zip"
if [ ! -e "$VITASCOPE_HOME/planted" ]; then
  $python -m vitascope.training.cache --frames 17 --shards "$SHARDS" --clips "$CLIPS" --processes "$PROCESSES" \
    --placed
  $python -m vitascope.training.canaries plant --each "$EACH"
  touch "$VITASCOPE_HOME/planted"
fi
$python -m vitascope.training.run --preset xs --fuse --mates "${MATES:-1}" --minutes "$MINUTES" --images 0.22 --stills 1.0 \
  --long 1 --flat 0.6 --focus 0.0010 --middle 1.5 --memory 0.98
$python -m vitascope.training.canaries measure --each "$EACH"
