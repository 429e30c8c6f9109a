#!/bin/sh
# The shipped XS weights from nothing, on one borrowed GPU: no network, no installing, nothing but what is here. Needs
# torch with CUDA, numpy, opencv, pillow, safetensors, matplotlib and rich on the machine, and the atlas (5.4 MB, from
# `python -m vitascope.corpus.build`) at $VITASCOPE_HOME/corpus/atlas.zip.
#
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh         nine and a half minutes: the flow
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out2 runs/gpu.sh map    three more, with the flow's run still in $VITASCOPE_HOME
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out DEVICE=cpu SCALE=1 PROCESSES=3 SHARD=16 MINUTES=0.5 runs/gpu.sh    the rehearsal
#
# Clips are drawn by the processors while the GPU learns; it begins when the first are there and takes in the others as
# they come. What comes back in $OUT: the weights in parts of 15 MiB, the preset, the loss curve, the steps.
set -eu
cd "$(dirname "$0")/.."
PART=${1:-flow}
DEVICE=${DEVICE:-cuda}
SCALE=${SCALE:-32}
SHARD=${SHARD:-512}
PROCESSES=${PROCESSES:-14}
run="$VITASCOPE_HOME/runs/xs"
export PYTHONPATH=src PYTHONUNBUFFERED=1 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
mkdir -p "$OUT"

draw() { # frames, processes, further options
  OMP_NUM_THREADS=1 setsid nice -n 10 python3 -m vitascope.training.cache --preset xs --frames "$1" --processes "$2" \
    --shards 2000 --clips "$SHARD" ${3:-} &
}

wait_for() { # shards of a kind, how many
  while [ "$(drawn "$1")" -lt "$2" ]; do
    sleep 0.3
    for writer in $writers; do kill -0 "$writer" || exit 1; done
  done
}

drawn() { # how many shards of each kind there are at least
  find "$VITASCOPE_HOME/cache/xs/$1" -name 'rows-*.npy' 2>/dev/null | wc -l
}

home() { # the weights of a run, in parts
  python3 -m vitascope.training.export --preset xs --name "$1" --int8 --to "$OUT/weights"
  split -b 15m "$OUT/weights/xs.safetensors" "$OUT/$1.safetensors."
  mv "$OUT/weights/xs.json" "$OUT/$1.json" && rm -r "$OUT/weights"
  cp "$VITASCOPE_HOME/runs/$1/loss.png" "$OUT/$1-loss.png" && gzip -c "$VITASCOPE_HOME/runs/$1/steps.jsonl" >"$OUT/$1-steps.jsonl.gz"
}

flow() {
  draw 17 $((PROCESSES * 8 / 14))
  writers=$!
  wait_for 017 1 # it stamps the cache
  draw 33 $((PROCESSES * 3 / 14))
  writers="$writers $!"
  draw 17 $((PROCESSES * 3 / 14)) --shown
  writers="$writers $!"
  trap 'for writer in $writers; do kill -- "-$writer" 2>/dev/null || true; done' EXIT
  wait_for 017 $((PROCESSES * 8 / 14))
  wait_for 033 1
  wait_for shown-017 1
  python3 -m vitascope.training.run --preset xs --device "$DEVICE" --fuse --peak "${PEAK:-989}" --scale "$SCALE" \
    --minutes "${MINUTES:-8.3}" --images 0.12 --stills 0.6 --long 0.3 --shown 0.35 --focus 0.0006 --middle 1.5 \
    --rate 1.3e-3 --flat 0.5 --memory 0.98
  home xs
}

map() {
  python3 -m vitascope.training.carry out "$run-map" --preset xs
  python3 -m vitascope.training.carry in "$run-map" --preset xs --name xs-map
  python3 -m vitascope.training.run --preset xs --name xs-map --stage map --guidance 2.0 --from "$run-map/carried.safetensors" \
    --device "$DEVICE" --fuse --peak "${PEAK:-989}" --minutes "${MINUTES:-1.8}" --scale "$((SCALE > 1 ? SCALE / 2 : 1))" \
    --images 0 --stills 0.3 --long 0.2 --shown 0.2 --focus 0.0006 --middle 1.5 --rate 3e-4 --flat 0.3 --memory 0.98
  home xs-map
}

case $PART in
  flow | map) $PART ;;
  *) echo "$PART is no part: flow or map" && exit 2 ;;
esac
