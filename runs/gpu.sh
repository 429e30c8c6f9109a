#!/bin/sh
# The S weights from nothing, on one borrowed GPU: no network, no installing, nothing but what is here. Needs torch with
# CUDA, numpy, opencv, pillow, safetensors, matplotlib and rich on the machine, and the atlas of the second edition (6.0 MB, from
# `python -m vitascope.corpus.build --edition 2`) at $VITASCOPE_HOME/corpus/atlas-2.zip. What moves things is trained on a CPU
# (training/animator_run.py); where its state (11 MB) lies under $VITASCOPE_HOME/animator, it is exported with the rest.
#
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh                  the flow, LIMIT seconds in all (410)
#   FROM=... VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh         the same, gone on with from exported weights
#   FROM=... VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh map     few steps without guidance, from exported weights
#   FROM=... ... LIMIT=570 FLOW=370 runs/gpu.sh both                  one after the other: a machine left alone for half
#                                                                     a minute is gone
#   REHEARSE=1 VITASCOPE_HOME=$PWD/var OUT=$PWD/out LIMIT=330 runs/gpu.sh      the rehearsal: s-small, a CPU
#
# Clips are drawn on the same GPU, first a few of each kind, then the rest while it learns, which takes them in as they come.
# The run's minutes are what is left of LIMIT when it begins, less ENDING for the last checkpoint and the export; and every
# minute the weights as they are lie in $OUT, whatever becomes of the machine.
#
# What comes back in $OUT: the weights in parts of 15 MiB, the preset, the loss curve, the steps, what was said.
set -eu
began=$(date +%s)
cd "$(dirname "$0")/.."
PART=${1:-flow}
REHEARSE=${REHEARSE:-}
if [ -n "$REHEARSE" ]; then
  PRESET=s-small DEVICE=cpu SCALE=${SCALE:-1} PROCESSES=0 FEW=24 FURTHER=8
else
  PRESET=s DEVICE=cuda SCALE=${SCALE:-12} PROCESSES=${PROCESSES:-12} FEW=2048 FURTHER=2048
fi
LIMIT=${LIMIT:-410}
ENDING=${ENDING:-40}
FROM=${FROM:-}
python=${PYTHON:-python3}
export PYTHONPATH=src PYTHONUNBUFFERED=1 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
mkdir -p "$OUT"

draw() { # frames, shards, clips of a shard, view
  OMP_NUM_THREADS=1 $python -m vitascope.training.latents --preset "$PRESET" --device "$DEVICE" --placed \
    --processes "$PROCESSES" --frames "$1" --shards "$2" --clips "$3" --view "${4:-0}"
}

first() { # what a run begins with: means and spreads are those of clips
  draw 17 1 "$FEW"
  draw 1 1 $((FEW * 4))
}

longer() { # before a run comes to them
  draw 33 1 "$FEW"
  draw 33 1 "$FURTHER" 2
  draw 33 1 "$FURTHER" 3
  draw 65 1 "$FURTHER" 1
}

rest() { # ever more, since a run that sees the same pictures again learns them by heart
  longer
  draw 1 6 $((FEW * 4))
  draw 17 6 "$FEW"
  draw 33 3 "$FEW"
  draw 1 16 $((FEW * 4))
}

home() { # the weights of a run as they are, in parts; the preset, which names their hash, comes last
  run="$VITASCOPE_HOME/runs/$1"
  part=$(mktemp -d) # each its own: the one before may have been stopped in the middle
  OMP_NUM_THREADS=1 $python -m vitascope.training.export --preset "$PRESET" --name "$1" --int8 --to "$part"
  split -b 15m "$part/$PRESET.safetensors" "$part/$1.safetensors." && rm "$part/$PRESET.safetensors"
  gzip -c "$run/steps.jsonl" >"$part/$1-steps.jsonl.gz"
  [ ! -f "$run/loss.png" ] || cp "$run/loss.png" "$part/$1-loss.png"
  mv "$part/$PRESET.json" "$part/$1.json.last"
  mv "$part/$1".safetensors.* "$part/$1"-* "$OUT/" && mv "$part/$1.json.last" "$OUT/$1.json"
  rmdir "$part"
}

keep() { # brings home every minute what there is
  while sleep 60; do [ ! -f "$VITASCOPE_HOME/runs/$1/state.safetensors" ] || home "$1"; done
}

trained() { # name, further options of the run, whose minutes are what is left
  keep "$1" &
  keeper=$!
  left=$((LIMIT - ENDING - $(date +%s) + began))
  fuse=--fuse
  [ "$DEVICE" = cuda ] || fuse=
  # shellcheck disable=SC2086  # many words
  $python -m vitascope.training.run --preset "$PRESET" --name "$1" --device "$DEVICE" $fuse --peak "${PEAK:-989}" \
    --saved 55 --views --scale "$SCALE" --focus "${FOCUS:-0.0005}" --middle 1.5 --memory 0.98 \
    --minutes "$(echo "$left" | awk '{print $1 / 60}')" $2
  kill "$keeper" 2>/dev/null || true
  wait "$keeper" 2>/dev/null || true
  home "$1"
}

flow() {
  first
  if [ -n "$FROM" ]; then # it has seen stills enough: clips of all kinds at once
    longer
    how="--images 0 --stills 0.4 --long 0 --rate 6e-4 --flat 0.3 --seed 1 --from $FROM"
  else
    how="--images 0.35 --stills 1.0 --long 0.6 --rate 1.2e-3 --flat 0.55"
  fi
  rest &
  drawing=$!
  trained s "$how"
  kill $drawing 2>/dev/null || true
}

map() {
  [ -d "$VITASCOPE_HOME/cache/$PRESET/view1-065" ] || { first && longer; }
  trained s-map "--stage map --guidance ${GUIDANCE:-1.5} --images 0 --stills 0.6 --long 0 --rate 3e-4 --flat 0.3 \
    --from ${FROM:?the weights of the flow}"
}

both() {
  whole=$LIMIT
  LIMIT=${FLOW:-370}
  flow
  cat "$OUT"/s.safetensors.* >"$VITASCOPE_HOME/flow.safetensors"
  FROM=$VITASCOPE_HOME/flow.safetensors LIMIT=$whole
  map
}

keeper=""
drawing=""
trap 'kill $keeper $drawing 2>/dev/null || true' EXIT
case $PART in
  flow | map | both) $PART ;;
  *) echo "$PART is no part: flow, map or both" && exit 2 ;;
esac
