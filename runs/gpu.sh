#!/bin/sh
# The M weights from nothing, on one borrowed GPU: no network, no installing, nothing but what is here. Needs torch with
# CUDA, numpy, opencv, pillow, safetensors, matplotlib and rich on the machine, and the atlas (5.4 MB, from
# `python -m vitascope.corpus.build`) at $VITASCOPE_HOME/corpus/atlas.zip. What moves things is trained on a CPU
# (training/animator_run.py); where its state (11 MB) lies under $VITASCOPE_HOME/animator, it is exported with the rest.
#
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu.sh                  the flow, LIMIT seconds in all (570)
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out2 LIMIT=200 runs/gpu.sh map   few steps, with the flow's run still there
#   VITASCOPE_HOME=$PWD/var OUT=$PWD/out DEVICE=cpu SCALE=1 SHARD=16 LIMIT=200 runs/gpu.sh   the rehearsal
#
# Clips are drawn by the processors while the GPU learns; it begins when the first are there and takes in the others as
# they come. The run's minutes are what is left of LIMIT when it begins, less ENDING for the last checkpoint and the
# export; and every minute the weights as they are lie in $OUT, whatever becomes of the machine. On 2026-11-27 a run of
# 4.6 million samples was cut off seconds before its end, and nothing of it was left.
#
# What comes back in $OUT: the weights in parts of 15 MiB, the preset, the loss curve, the steps.
set -eu
began=$(date +%s)
cd "$(dirname "$0")/.."
PART=${1:-flow}
DEVICE=${DEVICE:-cuda}
SCALE=${SCALE:-32}
SHARD=${SHARD:-512}
PROCESSES=${PROCESSES:-14}
LIMIT=${LIMIT:-570}
ENDING=${ENDING:-45}
export PYTHONPATH=src PYTHONUNBUFFERED=1 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
mkdir -p "$OUT"

draw() { # frames, processes
  OMP_NUM_THREADS=1 setsid nice -n 10 python3 -m vitascope.training.cache --preset m --frames "$1" --processes "$2" \
    --shards 2000 --clips "$SHARD" --placed &
  helpers="$helpers $!"
}

drawn() { # how many shards of a kind there are
  find "$VITASCOPE_HOME/cache/m/$1" -name 'rows-*.npy' 2>/dev/null | wc -l
}

wait_for() { # shards of a kind, how many; ends where a writer has died
  while [ "$(drawn "$1")" -lt "$2" ]; do
    sleep 0.3
    for writer in $helpers; do kill -0 "$writer" || exit 1; done
  done
}

home() { # the weights of a run as they are, in parts; the preset, which names their hash, comes last
  run="$VITASCOPE_HOME/runs/$1"
  part=$(mktemp -d) # each its own: the one before may have been stopped in the middle
  OMP_NUM_THREADS=1 python3 -m vitascope.training.export --preset m --name "$1" --int8 --to "$part"
  split -b 15m "$part/m.safetensors" "$part/$1.safetensors." && rm "$part/m.safetensors"
  gzip -c "$run/steps.jsonl" >"$part/$1-steps.jsonl.gz"
  [ ! -f "$run/loss.png" ] || cp "$run/loss.png" "$part/$1-loss.png"
  mv "$part/m.json" "$part/$1.json.last"
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
  # shellcheck disable=SC2086  # many words
  python3 -m vitascope.training.run --preset m --name "$1" --device "$DEVICE" --fuse --peak "${PEAK:-989}" --saved 55 \
    --focus 0.0006 --middle 1.5 --memory 0.98 --minutes "$(echo "$left" | awk '{print $1 / 60}')" $2
  kill "$keeper" 2>/dev/null || true
  wait "$keeper" 2>/dev/null || true
  home "$1"
}

flow() {
  draw 17 $((PROCESSES * 10 / 14))
  wait_for 017 1 # it stamps the cache
  draw 33 $((PROCESSES * 4 / 14))
  wait_for 017 $((PROCESSES * 10 / 14))
  trained m "--scale $SCALE --images 0.12 --stills 0.6 --long 0.3 --rate 1.3e-3 --flat 0.5"
}

map() {
  python3 -m vitascope.training.carry out "$VITASCOPE_HOME/runs/m-map" --preset m
  python3 -m vitascope.training.carry in "$VITASCOPE_HOME/runs/m-map" --preset m --name m-map
  trained m-map "--stage map --guidance 2.0 --from $VITASCOPE_HOME/runs/m-map/carried.safetensors \
    --scale $((SCALE > 1 ? SCALE / 2 : 1)) --images 0 --stills 0.3 --long 0.2 --rate 3e-4 --flat 0.3"
}

helpers=""
keeper=""
trap 'kill $keeper 2>/dev/null || true; for helper in $helpers; do kill -- "-$helper" 2>/dev/null || true; done' EXIT
case $PART in
  flow | map) $PART ;;
  *) echo "$PART is no part: flow or map" && exit 2 ;;
esac
