"""The header Range, well formed and otherwise."""

import pytest

from vitascope.refusals import RangeError
from vitascope.server.ranges import asked_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 100)),
        ("bytes=50-", (50, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-500", (0, 100)),
        ("Bytes = 1 - 2", (1, 3)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("items=0-1", None),
        ("bytes=0-1,5-6", None),
        ("bytes=" + "9" * 30 + "-", None),
        ("\u0661-\u0662", None),
    ],
)
def test_a_range_is_read_or_is_as_good_as_none(header, expected):
    """A well-formed range gives first byte and end; what cannot be read means the whole file."""
    assert expected == asked_range(header, 100)


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=200-300", "bytes=-0"])
def test_bytes_behind_the_end_are_refused(header):
    """A range that begins behind the end is refused with the size."""
    with pytest.raises(RangeError) as refused:
        asked_range(header, 100)

    assert 100 == refused.value.size
