#!/bin/sh
# What a withdrawal does: the model trained again without one thing, in a home of its own, and examined beside the first.
# The works are left out of a snapshot of the register, the corpus is built from that, and scenes that would need their
# drawings are not drawn. The exam is that of the first home, which knows the thing. Takes as long as runs/train.sh.
#
#   runs/without.sh parrot                             every drawing of a parrot is withdrawn
#   MINUTES=3 SHARDS=2 runs/without.sh parrot          a rehearsal
set -eu
cd "$(dirname "$0")/.."
THING=${1:?name a thing of the register, such as parrot}
PRESET=${PRESET:-xs}
MINUTES=${MINUTES:-90}
SHARDS=${SHARDS:-20}
PROCESSES=${PROCESSES:-2}
first=${VITASCOPE_HOME:-$HOME/.vitascope}
export VITASCOPE_HOME="$first/without-$THING"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

make -s .venv/.ready-train
python=.venv/bin/python
mkdir -p "$VITASCOPE_HOME" "$first/runs"
[ -e "$VITASCOPE_HOME/packages" ] || ln -s "$first/packages" "$VITASCOPE_HOME/packages"

works=$($python -c "
import sys
from vitascope.rights.register import Register
print(*('--without ' + work.id for work in Register.load().works_for(sys.argv[1])))" "$THING")
[ -n "$works" ] || { echo "the register has no work that shows $THING"; exit 2; }
# shellcheck disable=SC2086  # each word is an argument
.venv/bin/vitascope consent snapshot "$VITASCOPE_HOME/corpus/register" --by "${BY:-operator}" $works

[ -f "$VITASCOPE_HOME/corpus/atlas.zip" ] || $python -m vitascope.corpus.build
cache="$python -m vitascope.training.cache --preset $PRESET --processes $PROCESSES"
$cache --frames 17 --shards "$SHARDS"
$cache --frames 33 --shards $((SHARDS * 2 / 5 + 1)) --clips 512
$python -m vitascope.training.run --preset "$PRESET" --fuse --minutes "$MINUTES" --images 0.1
$python -m vitascope.training.export --preset "$PRESET" --to "$VITASCOPE_HOME/weights"

ln -sfn "$VITASCOPE_HOME/runs/$PRESET" "$first/runs/without-$THING"
VITASCOPE_HOME="$first" $python -m vitascope.training.evals --preset "$PRESET" --run "without-$THING"
echo "Compare $first/evals/$PRESET-run-without-$THING.md with $first/evals/$PRESET.md."
