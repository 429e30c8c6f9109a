#!/bin/sh
# The shipped weights from nothing, on two CPU cores: about two and a half hours after the packages are here.
# Stop it whenever you like: every part goes on from where it was. VITASCOPE_HOME names the folder for everything made.
#
#   runs/train.sh                      the whole run
#   STILLS=2 CLIPS=4 runs/train.sh     a rehearsal in minutes, to see that every part works
set -eu
cd "$(dirname "$0")/.."
PRESET=${PRESET:-xs}
STILLS=${STILLS:-35}     # minutes on single frames, at the full learning rate
CLIPS=${CLIPS:-75}       # minutes on clips; the learning rate falls in the last third
SHARDS=${SHARDS:-28}     # pre-rendered shards of 1,024 clips of 2 s; a quarter as many, of 512, of 4 s
DEVICE=${DEVICE:-cpu}
SCALE=${SCALE:-1}        # multiplies batches

make -s .venv/.ready-train
python=.venv/bin/python
home=${VITASCOPE_HOME:-$HOME/.vitascope}

[ -f "$home/corpus/atlas.zip" ] || $python -m vitascope.corpus.build
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
$python -m vitascope.training.cache --preset "$PRESET" --frames 17 --shards "$SHARDS"
$python -m vitascope.training.cache --preset "$PRESET" --frames 33 --shards $((SHARDS / 4)) --clips 512
unset OMP_NUM_THREADS OPENBLAS_NUM_THREADS

train="$python -m vitascope.training.run --preset $PRESET --device $DEVICE --scale $SCALE --fuse"
$train --minutes "$STILLS" --images 1 --hold
$train --minutes "$CLIPS" --images 0
$python -m vitascope.training.export --preset "$PRESET"
$python -m vitascope.training.evals --preset "$PRESET"
