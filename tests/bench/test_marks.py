"""The evaluation of the mark in small: six clips of each size on a build machine, and that a miss is told."""

import pytest

from tests.corpus.sprites import Discs
from vitascope.backends.choose import open_backend
from vitascope.bench.marks import RENDERED, found, missed, rendered, unmarked


def row(**told):
    return {"size": "128x128", "right": True, "wrong": False, **told}


def plain(**told):
    return {"by_id": False, "alone": False, **told}


@pytest.mark.parametrize(
    ("rows", "unmarked_rows", "said"),
    [([row()] * 17 + [row(right=False)] * 3, [plain()], ()),
     ([row()] * 16 + [row(right=False)] * 4, [plain()], ("128x128: right id in 80.0%",)),
     ([row(), row(wrong=True)], [], ("a wrong id was named",)),
     ([], [plain(by_id=True), *[plain()] * 99], ()),
     ([], [plain(by_id=True), plain(alone=True), *[plain()] * 98], ("2 unmarked clips were called likely",)),
     ([], [plain(by_id=True)] * 3 + [plain()] * 2997, ())],
)  # fmt: skip
def test_a_missed_must_is_told(rows, unmarked_rows, said):
    """By size, with its share; one false alarm among few says nothing."""
    assert said == missed(rows, unmarked_rows)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(256, 256), (128, 128)])
def test_six_clips_keep_the_musts(size):
    """Half of them cartoons, half film-like, in sixteen distortions each."""
    rows = [told for number in range(6) for told in found(number, size, Discs())]

    assert 96 == len(rows)
    assert () == missed(rows, [unmarked(number, Discs()) for number in range(6)])


@pytest.mark.slow
@pytest.mark.parametrize("size", RENDERED)
def test_three_renders_keep_the_musts(size):
    """What the shipped model makes, in sixteen distortions each; a miss or two is what the must allows."""
    rows = [told for number in range(3) for told in rendered(number, size, open_backend("s"))]

    assert 48 == len(rows)
    assert () == missed(rows, [])
