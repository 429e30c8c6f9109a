"""Finding the renders a clip looks like among all there are: exact, by comparing it with every word.

The distance of a clip to a render: for each picture asked, the smallest share of bits in which it differs from any
picture of the render; of these the median, so that a cut, a title or an overlay on some pictures decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vitascope.provenance.fingerprint import BITS, Words

_ASKED = 8  # pictures of a suspect that are compared
_BLOCK = 1 << 16  # words compared at a time: half a megabyte a column, which stays in the cache
_MOST = 16  # renders named at most; copies of one prompt and seed look alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A render, and how far the pictures asked are from it."""

    mark_id: int
    distance: float  # share of bits, 0 to 1; other pictures stand around 0.5


class LikenessIndex:
    """The words of all renders in memory, in four columns, since comparing column by column is twice as fast."""

    def __init__(self, ids: npt.NDArray[np.uint64], words: Words) -> None:
        """Index ``words``, ``(N, 4)``, of which ``ids``, ``(N,)``, names the render; those of a render lie together."""
        self._columns = np.ascontiguousarray(words.T)
        change = np.flatnonzero(np.diff(ids)) + 1
        self._starts = np.concatenate(([0], change)).astype(np.intp) if len(ids) else np.zeros(0, np.intp)
        self._ids = ids[self._starts]

    def nearest(self, words: Words, *, within: float) -> tuple[Likeness, ...]:
        """The renders at most ``within`` away from a clip of these ``words``, nearest first, 16 at most."""
        asked = _spread(words)
        if not len(asked) or not len(self._ids):
            return ()
        bits = np.stack([np.minimum.reduceat(self._apart(word), self._starts) for word in asked])
        middle = (len(asked) - 1) // 2
        distances = np.partition(bits, middle, axis=0)[middle]  # the lower median, in whole bits
        near = np.flatnonzero(distances <= within * BITS)
        order = near[np.argsort(distances[near], kind="stable")][:_MOST]
        return tuple(Likeness(mark_id=int(self._ids[n]), distance=float(distances[n]) / BITS) for n in order)

    def _apart(self, word: Words) -> npt.NDArray[np.uint8]:
        """In how many bits each word of the index differs from ``word``, ``(N,)``."""
        count = self._columns.shape[1]
        apart = np.zeros(count, np.uint8)
        crossed, counted = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8)
        for start in range(0, count, _BLOCK):
            block = slice(start, min(start + _BLOCK, count))
            size = block.stop - start
            for column, part in zip(self._columns, word, strict=True):
                np.bitwise_xor(column[block], part, out=crossed[:size])
                np.bitwise_count(crossed[:size], out=counted[:size])
                np.add(apart[block], counted[:size], out=apart[block])
        return apart


def index_of(renders: Sequence[tuple[int, Words]]) -> LikenessIndex:
    """The index of renders given by mark id and words; those without words are left out."""
    told = [(mark_id, words) for mark_id, words in renders if len(words)]
    if not told:
        return LikenessIndex(np.zeros(0, np.uint64), np.zeros((0, 4), np.uint64))
    ids = np.concatenate([np.full(len(words), mark_id, np.uint64) for mark_id, words in told])
    return LikenessIndex(ids, np.concatenate([words for _, words in told]))


def _spread(words: Words) -> Words:
    """Eight of ``words`` at most, evenly spread."""
    if len(words) <= _ASKED:
        return words
    return words[np.linspace(0, len(words) - 1, _ASKED).round().astype(np.intp)]
