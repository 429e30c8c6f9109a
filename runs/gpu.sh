#!/bin/sh
# The XS weights on one borrowed GPU, in one call of nine minutes: no network, no installing, nothing but what is here.
# Needs torch with CUDA, numpy, opencv, pillow, safetensors, matplotlib and rich on the machine, and the atlas
# (5.4 MB, from `python -m vitascope.corpus.build`) at $VITASCOPE_HOME/corpus/atlas.zip.
#
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out DEVICE=cpu SCALE=1 SHARDS=1 MINUTES=1 runs/gpu.sh     the rehearsal
#
# What comes back in $OUT: the weights in parts of 15 MiB, the preset, the loss curve, the steps.
set -eu
cd "$(dirname "$0")/.."
DEVICE=${DEVICE:-cuda}
PRESET=${PRESET:-xs}
SCALE=${SCALE:-8}
SHARDS=${SHARDS:-48}
MINUTES=${MINUTES:-5.5}
PROCESSES=${PROCESSES:-16}
export PYTHONPATH=src PYTHONUNBUFFERED=1
mkdir -p "$OUT"

OMP_NUM_THREADS=1 python3 -m vitascope.training.cache --preset "$PRESET" --frames 17 --shards "$SHARDS" --processes "$PROCESSES"
OMP_NUM_THREADS=1 python3 -m vitascope.training.cache --preset "$PRESET" --frames 33 --shards $((SHARDS / 3 + 1)) --clips 512 \
  --processes "$PROCESSES"
python3 -m vitascope.training.run --preset "$PRESET" --device "$DEVICE" --scale "$SCALE" --minutes "$MINUTES" --images 0.1 --focus 0.0018 --middle 1.5 --fuse
python3 -m vitascope.training.export --preset "$PRESET" --to "$OUT/weights"
split -b 15m "$OUT/weights/$PRESET.safetensors" "$OUT/$PRESET.safetensors."
mv "$OUT/weights/$PRESET.json" "$OUT/" && rm -r "$OUT/weights"
cp "$VITASCOPE_HOME/runs/$PRESET/loss.png" "$VITASCOPE_HOME/runs/$PRESET/steps.jsonl" "$OUT/"
