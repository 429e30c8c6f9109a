#!/bin/sh
# A model on a learned codec, on one borrowed GPU: three parts under seven minutes each, a quarter of an hour in all, on bare machines
# without network. Each part begins with what the one before brought back, so any of them may be done again, on another
# machine, on another day; on a machine that is still warm leave IN away, and its clips are kept. Needs torch with CUDA, numpy, opencv, pillow, safetensors, matplotlib and rich there, and the
# atlas of the second edition of the world (from `python -m vitascope.corpus.build --edition 2`) at
# $VITASCOPE_HOME/corpus/atlas-2.zip; no OpenVINO, no skia.
#
#   VITASCOPE_HOME=$PWD/var              OUT=$PWD/out1 runs/gpu-conv.sh codec    5 min: codec, decibels, a sheet
#   VITASCOPE_HOME=$PWD/var IN=$PWD/out1 OUT=$PWD/out2 runs/gpu-conv.sh flow     6 min: latents, transformer and words
#   VITASCOPE_HOME=$PWD/var IN=$PWD/out2 OUT=$PWD/out3 runs/gpu-conv.sh map      3 min: few steps, guidance baked in, export
#   REHEARSE=1 VITASCOPE_HOME=$PWD/var OUT=$PWD/out runs/gpu-conv.sh all         the rehearsal: conv-small, a CPU, minutes
#
# What comes back in $OUT: weights in shards under 15 MiB, figures, pictures, diaries. From `map`: conv.json and the weights
# that ship in parts of 15 MiB; `cat conv.safetensors.* > conv.safetensors` joins them.
set -eu
cd "$(dirname "$0")/.."
PART=${1:?codec, flow, map or all}
REHEARSE=${REHEARSE:-}
PRESET=${PRESET:-${REHEARSE:+conv-small}}
PRESET=${PRESET:-conv}
DEVICE=${DEVICE:-${REHEARSE:+cpu}}
DEVICE=${DEVICE:-cuda}
PROCESSES=${PROCESSES:-${REHEARSE:+0}}
PROCESSES=${PROCESSES:-15}
PEAK=${PEAK:-989}                   # bfloat16 TF/s of an H100, for the share of it that is used
python=${PYTHON:-python3}
run="$VITASCOPE_HOME/runs/$PRESET"
export PYTHONPATH=src PYTHONUNBUFFERED=1
mkdir -p "$OUT"

minutes() { if [ -n "$REHEARSE" ]; then echo "${MINUTES:-0.5}"; else echo "$1"; fi; }
size() { if [ -n "$REHEARSE" ]; then echo "$2"; else echo "$1"; fi; }
fuse() { if [ "$DEVICE" = cuda ]; then echo "--fuse"; fi; }
latents() { # frames, view, shards, clips of a shard
  OMP_NUM_THREADS=1 $python -m vitascope.training.latents --preset "$PRESET" --codec "$run/codec.safetensors" \
    --device "$DEVICE" --processes "$PROCESSES" --frames "$1" --view "$2" --shards "$3" --clips "$4"
}
all_latents() { # shards of native clips, half as many of two seconds; one of each further view
  latents 17 0 "$(size $(($1 / 2)) 1)" "$(size 4096 32)"
  [ -n "$REHEARSE" ] && return
  latents 33 0 "$1" 4096
  latents 65 1 1 1024
  latents 33 2 1 2048
  latents 33 3 1 2048
}
bring() { # shards of another part; clips of another codec go
  $python -m vitascope.training.carry in "$1" --preset "$PRESET"
  rm -rf "$VITASCOPE_HOME/cache/$PRESET"
}
further() { if [ -z "$REHEARSE" ]; then echo "--views"; fi; }

codec() {
  [ -z "${IN:-}" ] || bring "$IN"
  $python -m vitascope.training.codec_run --preset "$PRESET" --device "$DEVICE" --processes "$PROCESSES" --peak "$PEAK" \
    --batch "$(size 80 4)" --minutes "$(minutes 4)" --rate 1e-3 --clips "$(size 64 8)"
  $python -m vitascope.training.carry out "$OUT" --preset "$PRESET"
  cp "$run/codec.png" "$run/codec.jsonl" "$run/codec-decibels.json" "$OUT/"
}

flow() {
  [ -z "${IN:-}" ] || bring "$IN"
  all_latents 12
  from=""
  [ -f "$run/carried.safetensors" ] && from="--from $run/carried.safetensors"
  # shellcheck disable=SC2086  # two words
  $python -m vitascope.training.run --preset "$PRESET" --device "$DEVICE" $(fuse) $(further) --peak "$PEAK" $from \
    --minutes "$(minutes 4)" --scale "$(size 16 1)" --images 0.15 --long "$(size 0.5 1)" --middle 1.5 --rate 1e-3
  $python -m vitascope.training.carry out "$OUT" --preset "$PRESET"
  cp "$run/loss.png" "$run/steps.jsonl" "$OUT/"
}

map() {
  [ -z "${IN:-}" ] || bring "$IN"
  [ -f "$run/carried.safetensors" ] || { $python -m vitascope.training.carry out "$run" --preset "$PRESET" && bring "$run"; }
  all_latents 4
  mkdir -p "$run-map" && cp "$run/codec.safetensors" "$run-map/"
  $python -m vitascope.training.run --preset "$PRESET" --name "$PRESET-map" --stage map --guidance 2.5 \
    --from "$run/carried.safetensors" --device "$DEVICE" $(fuse) $(further) --peak "$PEAK" --minutes "$(minutes 1.7)" \
    --scale "$(size 8 1)" --images 0 --stills 0.3 --long "$(size 0 1)" --middle 1.5 --rate 3e-4
  $python -m vitascope.training.export --preset "$PRESET" --name "$PRESET-map" --int8 --to "$OUT/weights"
  $python -m vitascope.training.samples "$OUT/weights/$PRESET.json" "$OUT/samples.png" --device "$DEVICE" \
    --clips "$(size 16 2)"
  split -b 15m "$OUT/weights/$PRESET.safetensors" "$OUT/$PRESET.safetensors."
  mv "$OUT/weights/$PRESET.json" "$OUT/" && rm -r "$OUT/weights"
  cp "$run-map/loss.png" "$OUT/loss-map.png" && cp "$run-map/steps.jsonl" "$OUT/steps-map.jsonl"
}

case $PART in
  codec | flow | map) $PART ;;
  all) codec && flow && map ;;
  *) echo "$PART is no part: codec, flow, map or all" && exit 2 ;;
esac
