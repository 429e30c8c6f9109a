#!/bin/sh
# A small model from nothing, on two CPU cores: a few minutes for the corpus and its clips, FIRST minutes on clips in
# which things do what they do, MINUTES on clips in which they stand where they stand, and beside those MOVING minutes for
# what moves them. Training is by the clock, so another machine gives other weights. Stop it whenever you like: finished
# shards and the last checkpoint are kept, and running it again goes on. VITASCOPE_HOME names the folder for all of it.
#
#   runs/train.sh                        the whole run
#   FIRST=1 MINUTES=3 MOVING=1 SHARDS=2 runs/train.sh    a rehearsal, to see that every part works
#   PRESET=s runs/train.sh               the shipped weights: needs a GPU, see runs/gpu.sh; conv: see runs/gpu-conv.sh
#   DEVICE=cuda SCALE=8 MATES=0 runs/train.sh    on a GPU
set -eu
cd "$(dirname "$0")/.."
PRESET=${PRESET:-xs}
FIRST=${FIRST:-42}
MINUTES=${MINUTES:-68}
MOVING=${MOVING:-65}     # 0: what moves things is there already, or not wanted
STILLS=${STILLS:-0.22}    # share of the minutes spent on single frames first
BESIDE=${BESIDE:-1.0}    # batches of stills of one thing later, against 1 of clips
FOCUS=${FOCUS:-0.0010}    # share of variance from which a channel counts fully
MIDDLE=${MIDDLE:-1.5}    # logit of the middle noise level
MATES=${MATES:-1}        # processes beside the first, each on a core of its own
SHARDS=${SHARDS:-12}     # pre-rendered shards of 1,024 clips of 2 s; two fifths as many, of 512, of 4 s
PROCESSES=${PROCESSES:-2}
SCALE=${SCALE:-1}        # multiplies batches
SHIP=${SHIP:-yes}        # export into the package, and examine

make -s .venv/.ready-train
python=.venv/bin/python
home=${VITASCOPE_HOME:-$HOME/.vitascope}

if [ "$PRESET" != xs ]; then # another edition of the world, on a GPU
  $python -c "import torch; raise SystemExit(not torch.cuda.is_available())" || {
    echo "$PRESET wants a GPU, and torch finds none here; PRESET=xs makes a smaller model on two CPU cores."
    exit 2
  }
  [ -f "$home/corpus/atlas-2.zip" ] || $python -m vitascope.corpus.build --edition 2
  export VITASCOPE_HOME="$home" OUT="${OUT:-$home/out}" PYTHON="$PWD/$python"
  [ "$PRESET" = s ] || exec runs/gpu-conv.sh all
  [ "$MOVING" = 0 ] || OMP_NUM_THREADS=1 $python -m vitascope.training.animator_run --preset s --minutes "$MOVING"
  runs/gpu.sh both
  cat "$OUT"/s-map.safetensors.* >"$OUT/s-map.safetensors"
  $python -m vitascope.training.export --preset s --moving "$OUT/s-map.json"
  $python -m vitascope.training.alive
  exec $python -m vitascope.training.evals --preset s
fi
DEVICE=${DEVICE:-cpu}
[ -f "$home/corpus/atlas.zip" ] || $python -m vitascope.corpus.build
cache="$python -m vitascope.training.cache --preset $PRESET --processes $PROCESSES"
clips="$home/cache/$PRESET"
draw() { # further options
  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 17 --shards "$SHARDS" ${1:-}
  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 33 --shards $((SHARDS * 2 / 5 + 1)) --clips 512 ${1:-}
}
train() { # minutes, share of stills, further options
  # shellcheck disable=SC2086  # many words
  $python -m vitascope.training.run --preset "$PRESET" --device "$DEVICE" --scale "$SCALE" --fuse --mates "$MATES" \
    --minutes "$1" --images "$2" --stills "$BESIDE" --focus "$FOCUS" --middle "$MIDDLE" --memory 0.98 $3
}

if [ ! -f "$clips/placed" ]; then # clips of either part lie in the same folder, one after the other
  draw
  train "$FIRST" 0.55 "--hold --long 1.0"
  rm -rf "$clips/017" "$clips/033"
  mkdir -p "$clips"
  touch "$clips/placed"
fi
draw --placed
moving=
if [ "$MOVING" != 0 ]; then
  OMP_NUM_THREADS=1 $python -m vitascope.training.animator_run --preset "$PRESET" --minutes "$MOVING" &
  moving=$!
fi
train "$MINUTES" "$STILLS" "--long 0.5 --flat 0.6 --seed 91"
[ -z "$moving" ] || wait "$moving"
[ "$SHIP" = yes ] || exit 0
$python -m vitascope.training.export --preset "$PRESET" --int8
$python -m vitascope.training.evals --preset "$PRESET"
