"""Finding the renders a clip looks like among all there are: exact, by comparing it with every word.

The distance of a clip to a render: for each picture asked, the smallest share of bits in which it differs from any
picture of the render; of these the median, so that a cut, a title or an overlay on some pictures decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vitascope.provenance.fingerprint import BITS, Words

WORD = 8 * 4
"""Bytes of a word."""

RECORD = 5
"""Numbers of a record: the id of a render, and the four of a word."""

Records = npt.NDArray[np.uint64]
"""``(N, 5)``: the records of all renders, those of a render together."""

_ASKED = 8  # pictures of a suspect that are compared
_BLOCK = 2048  # renders compared at a time: a megabyte at 17 pictures each, which stays in the cache
_MOST = 16  # renders named at most; copies of one prompt and seed look alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A render, and how far the pictures asked are from it."""

    mark_id: int
    distance: float  # share of bits, 0 to 1; other pictures stand around 0.5


class LikenessIndex:
    """The words of all renders, where they are: in memory, or mapped from a file. A search holds a block of them."""

    def __init__(self, records: Records) -> None:
        """Index ``records``, which are neither copied nor changed."""
        self.records = records
        change = np.flatnonzero(records[1:, 0] != records[:-1, 0]) + 1
        self._starts = np.concatenate(([0], change, [len(records)])) if len(records) else np.zeros(1, np.intp)

    def nearest(self, words: Words, *, within: float) -> tuple[Likeness, ...]:
        """The renders at most ``within`` away from a clip of these ``words``, nearest first, 16 at most."""
        asked = _spread(words)
        if not len(asked) or not len(self.records):
            return ()
        distances = np.concatenate([self._distances(asked, at) for at in range(0, len(self._starts) - 1, _BLOCK)])
        near = np.flatnonzero(distances <= within * BITS)
        order = near[np.argsort(distances[near], kind="stable")][:_MOST]
        return tuple(self._likeness(n, int(distances[n])) for n in order.tolist())

    def _likeness(self, number: int, bits: int) -> Likeness:
        return Likeness(mark_id=int(self.records[self._starts[number], 0]), distance=bits / BITS)

    def _distances(self, asked: Words, at: int) -> npt.NDArray[np.uint8]:
        """The bits between a clip of the words ``asked`` and each render of the block that begins ``at`` that one."""
        starts = self._starts[at : at + _BLOCK + 1]
        # Column by column, which is twice as fast.
        columns = np.ascontiguousarray(self.records[starts[0] : starts[-1], 1:].T)
        bits = np.stack([np.minimum.reduceat(_apart(columns, word), starts[:-1] - starts[0]) for word in asked])
        middle = (len(asked) - 1) // 2
        lower_median: npt.NDArray[np.uint8] = np.partition(bits, middle, axis=0)[middle]
        return lower_median


def _apart(columns: Words, word: Words) -> npt.NDArray[np.uint8]:
    """In how many bits each word of ``columns``, ``(4, N)``, differs from ``word``, ``(N,)``."""
    apart: npt.NDArray[np.uint8] = np.bitwise_count(columns[0] ^ word[0])
    for column, part in zip(columns[1:], word[1:], strict=True):
        apart += np.bitwise_count(column ^ part)
    return apart


def index_of(renders: Sequence[tuple[int, Words]]) -> LikenessIndex:
    """The index of renders given by mark id and words; those without words are left out."""
    told = [np.insert(words, 0, np.uint64(mark_id), axis=1) for mark_id, words in renders]
    return LikenessIndex(np.concatenate([np.zeros((0, RECORD), np.uint64), *told]))


def _spread(words: Words) -> Words:
    """Eight of ``words`` at most, evenly spread."""
    if len(words) <= _ASKED:
        return words
    return words[np.linspace(0, len(words) - 1, _ASKED).round().astype(np.intp)]
