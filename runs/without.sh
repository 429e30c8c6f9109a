#!/bin/sh
# What a withdrawal does: the model trained again without one thing, in a home of its own, and asked for it.
# The works are left out of a snapshot of the register, the corpus is built from that, and scenes that would need their
# drawings are not drawn. Training begins from nothing: weights that once saw a work keep something of it, whatever they
# see afterwards, so a fine-tuning would prove nothing. The xs codec is arithmetic; a learned one would have to go too.
# The checker is that of the first home, which knows the thing. Takes as long as runs/train.sh, with its recipe.
#
#   runs/without.sh parrot                             every drawing of a parrot is withdrawn
#   MINUTES=3 SHARDS=2 CLIPS=6 runs/without.sh parrot  a rehearsal, to see that every part works
#   DEVICE=cuda SCALE=8 MATES=0 runs/without.sh parrot on a GPU
set -eu
cd "$(dirname "$0")/.."
THING=${1:?name a thing of the register, such as parrot}
PRESET=${PRESET:-xs}
MINUTES=${MINUTES:-90}
STILLS=${STILLS:-0.3}
BESIDE=${BESIDE:-1.0}
FOCUS=${FOCUS:-0.0010}
MIDDLE=${MIDDLE:-1.5}
MATES=${MATES:-1}
SHARDS=${SHARDS:-24}
PROCESSES=${PROCESSES:-2}
DEVICE=${DEVICE:-cpu}
SCALE=${SCALE:-1}
CLIPS=${CLIPS:-60}
first=${VITASCOPE_HOME:-$HOME/.vitascope}
own="$first/without-$THING"

make -s .venv/.ready-train .venv/.ready-serve    # the snapshot is taken from the house's own book
python=.venv/bin/python
[ -d "$first/checker" ] || { echo "There is no checker in $first: \`make eval\` makes it, once."; exit 2; }
mkdir -p "$own" "$first/runs"
[ -e "$own/packages" ] || ln -s "$first/packages" "$own/packages"

works=$($python -c "
import sys
from vitascope.rights.register import Register
print(*('--without ' + work.id for work in Register.load().works_for(sys.argv[1])))" "$THING")
[ -n "$works" ] || { echo "the register has no work that shows $THING"; exit 2; }
export VITASCOPE_HOME="$own"
# shellcheck disable=SC2086  # each word is an argument
.venv/bin/vitascope consent snapshot "$own/corpus/register" --by "${BY:-operator}" $works

[ -f "$own/corpus/atlas.zip" ] || $python -m vitascope.corpus.build
cache="$python -m vitascope.training.cache --preset $PRESET --processes $PROCESSES"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 17 --shards "$SHARDS"
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $cache --frames 33 --shards $((SHARDS * 2 / 5 + 1)) --clips 512
$python -m vitascope.training.run --preset "$PRESET" --device "$DEVICE" --scale "$SCALE" --fuse \
  --mates "$MATES" --minutes "$MINUTES" --images "$STILLS" --stills "$BESIDE" --focus "$FOCUS" --middle "$MIDDLE"

ln -sfn "$own/runs/$PRESET" "$first/runs/without-$THING"
VITASCOPE_HOME="$first" $python -m vitascope.training.withdrawn "$THING" --preset "$PRESET" --run "without-$THING" \
  --clips "$CLIPS"
