#!/bin/sh
# What a withdrawal does: the model trained again without one thing, in a home of its own, and asked for it.
# The works are left out of a snapshot of the register, the corpus is built from that, and scenes that would need their
# drawings are not drawn. Training begins from nothing: weights that once saw a work keep something of it, whatever they
# see afterwards, so a fine-tuning would prove nothing. The xs codec is arithmetic; a learned one would have to go too.
# What moves things knows no word for any of them, and is that of the first home.
# The checker is that of the first home, which knows the thing. Takes as long as runs/train.sh, with its recipe.
#
#   runs/without.sh parrot                             every drawing of a parrot is withdrawn
#   FIRST=1 MINUTES=3 SHARDS=2 CLIPS=6 runs/without.sh parrot  a rehearsal, to see that every part works
#   DEVICE=cuda SCALE=8 MATES=0 runs/without.sh parrot on a GPU
set -eu
cd "$(dirname "$0")/.."
THING=${1:?name a thing of the register, such as parrot}
PRESET=${PRESET:-xs}
CLIPS=${CLIPS:-60}
BESIDE=${BESIDE:-$PRESET}    # the run of the first home that saw it: `SHIP=no runs/train.sh` makes one
first=${VITASCOPE_HOME:-$HOME/.vitascope}
own="$first/without-$THING"

make -s .venv/.ready-train .venv/.ready-serve    # the snapshot is taken from the house's own book
python=.venv/bin/python
[ -f "$first/runs/$BESIDE/state.safetensors" ] || { echo "There is no run $BESIDE in $first: \`PRESET=$PRESET SHIP=no runs/train.sh\` makes one."; exit 2; }
edition=$($python -c "
import sys
from vitascope.text.words import edition_of
from vitascope.training.presets import preset
print(edition_of(preset(sys.argv[1]).vocabulary_sha256).number)" "$PRESET")
checker="$first/checker/checker$([ "$edition" = 1 ] || echo "-$edition").safetensors"
[ -f "$checker" ] || { echo "There is no $checker: \`$python -m vitascope.training.checker_run --edition $edition --minutes 45\` makes it."; exit 2; }
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

SHIP=no MOVING=0 runs/train.sh

ln -sfn "$own/runs/$PRESET" "$first/runs/without-$THING"
VITASCOPE_HOME="$first" $python -m vitascope.training.withdrawn "$THING" --preset "$PRESET" --run "without-$THING" \
  --beside "$BESIDE" \
  --clips "$CLIPS"
