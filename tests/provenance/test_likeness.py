"""Fingerprints: the same for a copy, another for another clip, and the search misses none."""

import numpy as np
import pytest
from cartoons import cartoon
from PIL import Image

from vitascope.provenance.fingerprint import BITS, MATCH, Sampler, words_of
from vitascope.provenance.likeness import LikenessIndex, index_of


def words(frames):
    sampler = Sampler()
    list(sampler.watch(frames))
    return words_of(sampler.planes)


def plain_distance(asked, stored):
    """The definition, bit by bit."""
    bits = [
        [
            (int(a[0]) ^ int(b[0])).bit_count()
            + sum((int(x) ^ int(y)).bit_count() for x, y in zip(a[1:], b[1:], strict=True))
            for b in stored
        ]
        for a in asked
    ]
    return sorted(min(row) for row in bits)[(len(asked) - 1) // 2] / BITS


def test_the_search_is_the_definition():
    """Eight words against fifty renders of uneven length: the same distances as bit by bit."""
    rng = np.random.default_rng(0)
    renders = [(n + 1, rng.integers(0, 2**63, (int(rng.integers(1, 6)), 4), dtype=np.uint64)) for n in range(50)]
    asked = rng.integers(0, 2**63, (8, 4), dtype=np.uint64)

    found = {one.mark_id: one.distance for one in index_of(renders).nearest(asked, within=1.0)}

    expected = {mark_id: plain_distance(asked, stored) for mark_id, stored in renders}
    assert 16 == len(found)
    assert found == {mark_id: expected[mark_id] for mark_id in found}
    assert max(found.values()) <= sorted(expected.values())[15]


@pytest.mark.parametrize("change", ["half the size", "darker", "second half"])
def test_a_copy_is_near(change):
    """Scaled, darker or trimmed."""
    frames = cartoon(17, 128, 128)
    copy = {
        "half the size": [np.asarray(Image.fromarray(frame).resize((64, 64))) for frame in frames],
        "darker": [(frame * 0.8).astype(np.uint8) for frame in frames],
        "second half": frames[8:],
    }[change]

    (found,) = index_of([(7, words(frames))]).nearest(words(copy), within=1.0)

    assert found.distance < 0.1


def test_noise_is_far():
    """Two pictures with nothing in common differ in about half of their bits."""
    noise = [np.random.default_rng(n).integers(0, 256, (64, 64, 3), dtype=np.uint8) for n in range(4)]

    assert () == index_of([(7, words(cartoon(5, 64, 64)))]).nearest(words(noise), within=MATCH)


def test_flat_pictures_say_nothing():
    """Every film has black frames; they are like every other black frame."""
    black = [np.zeros((64, 64, 3), np.uint8)] * 3

    assert (0, 4) == words(black).shape
    assert () == index_of([(7, words(black))]).nearest(words(black), within=1.0)
    assert () == LikenessIndex(np.zeros((0, 5), np.uint64)).nearest(words(black), within=1.0)


@pytest.mark.parametrize("frames", [1, 24, 25, 200])
def test_any_length_keeps_few_pictures_evenly_spread(frames):
    """Twenty-four at most, the first among them."""
    sampler = Sampler()
    gray = [np.full((8, 8, 3), number, np.uint8) for number in range(frames)]

    assert frames == len(list(sampler.watch(gray)))

    kept = [int(plane[0, 0]) for plane in sampler.planes]
    assert 1 <= len(kept) <= 24
    assert 0 == kept[0]
    assert len(set(np.diff(kept).tolist())) <= 1
