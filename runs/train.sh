#!/bin/sh
# The shipped weights from nothing. On two CPU cores: a quarter of an hour for the corpus and its clips, then MINUTES.
# Training is by the clock, so another machine gives other weights. Stop it whenever you like: finished shards and the
# last checkpoint are kept, and running it again trains MINUTES more. VITASCOPE_HOME names the folder for all of it.
#
#   runs/train.sh                        the whole run
#   MINUTES=3 SHARDS=2 runs/train.sh     a rehearsal, to see that every part works
#   PRESET=s runs/train.sh               the larger model: needs a GPU, see runs/gpu-s.sh
#   DEVICE=cuda SCALE=8 MATES=0 runs/train.sh    on a GPU
set -eu
cd "$(dirname "$0")/.."
PRESET=${PRESET:-xs}
MINUTES=${MINUTES:-90}
STILLS=${STILLS:-0.3}    # share of the minutes spent on single frames first
BESIDE=${BESIDE:-1.0}    # batches of stills of one thing later, against 1 of clips
FOCUS=${FOCUS:-0.0010}    # share of variance from which a channel counts fully
MIDDLE=${MIDDLE:-1.5}    # logit of the middle noise level
MATES=${MATES:-1}        # processes beside the first, each on a core of its own
SHARDS=${SHARDS:-24}     # pre-rendered shards of 1,024 clips of 2 s; two fifths as many, of 512, of 4 s
PROCESSES=${PROCESSES:-2}
SCALE=${SCALE:-1}        # multiplies batches

make -s .venv/.ready-train
python=.venv/bin/python
home=${VITASCOPE_HOME:-$HOME/.vitascope}

if [ "$PRESET" != xs ]; then    # a codec to be learned first, another edition of the world: parts of their own, on a GPU
  [ -f "$home/corpus/atlas-2.zip" ] || $python -m vitascope.corpus.build --edition 2
  VITASCOPE_HOME=$home OUT=${OUT:-$home/out} PYTHON=$python exec runs/gpu-s.sh all
fi
DEVICE=${DEVICE:-cpu}
[ -f "$home/corpus/atlas.zip" ] || $python -m vitascope.corpus.build
cache="$python -m vitascope.training.cache --preset $PRESET --processes $PROCESSES"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 17 --shards "$SHARDS"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 33 --shards $((SHARDS * 2 / 5 + 1)) --clips 512

$python -m vitascope.training.run --preset "$PRESET" --device "$DEVICE" --scale "$SCALE" --fuse \
  --mates "$MATES" --minutes "$MINUTES" --images "$STILLS" --stills "$BESIDE" --focus "$FOCUS" --middle "$MIDDLE"
$python -m vitascope.training.export --preset "$PRESET"
$python -m vitascope.training.evals --preset "$PRESET"
