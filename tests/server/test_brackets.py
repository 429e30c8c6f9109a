"""Names with brackets become nested values, and contradictions are refused."""

import pytest

from vitascope.refusals import BodyError
from vitascope.server.brackets import nested


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("prompt", "a")], {"prompt": "a"}),
        ([("video[id]", "v")], {"video": {"id": "v"}}),
        ([("a[b][c]", "x"), ("a[b][d]", "y")], {"a": {"b": {"c": "x", "d": "y"}}}),
        ([("tags[]", "x"), ("tags[]", "y")], {"tags": ["x", "y"]}),
        ([("c[][id]", "x"), ("c[][id]", "y")], {"c": [{"id": "x"}, {"id": "y"}]}),
        ([("s[][p]", "a"), ("s[][p]", "b"), ("s[][t]", "1"), ("s[][t]", "2")],
         {"s": [{"p": "a", "t": "1"}, {"p": "b", "t": "2"}]}),
        ([("c[1][id]", "y"), ("c[0][id]", "x")], {"c": [{"id": "x"}, {"id": "y"}]}),
    ],
)  # fmt: skip
def test_brackets_become_values(pairs, expected):
    """What the SDKs write for nested values is read back as it was."""
    assert expected == nested(pairs)


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "1"), ("a", "2")],
        [("a", "1"), ("a[b]", "2")],
        [("a[b]", "1"), ("a", "2")],
        [("a[]", "1"), ("a[b]", "2")],
        [("s[][p]", "a"), ("s[][p]", "b"), ("s[][t]", "1")],
        [("c[0]", "a"), ("c[2]", "b")],
        [("", "a")],
        [("a]b[", "a")],
        [("a" + "[b]" * 7, "a")],
        [("a[]", str(number)) for number in range(1001)],
    ],
)
def test_contradictions_are_refused(pairs):
    """A form that says one thing twice, or cannot be told apart, is no request."""
    with pytest.raises(BodyError):
        nested(pairs)
