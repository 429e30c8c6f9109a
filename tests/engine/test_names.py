"""A clip nobody named gets a name that tells what it is and hides nothing that lies there."""

from pathlib import Path

import pytest

from vitascope.engine.names import container_of, free_path, slug
from vitascope.errors import OutputError


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A parrot flies -- over a beach!", "a-parrot-flies-over-a-beach"),
        ("../../etc/passwd", "etc-passwd"),
        ("con m\u00e8o nh\u1ea3y", "con-m\u00e8o-nh\u1ea3y"),
        ("\u4e00\u53ea\u732b", "\u4e00\u53ea\u732b"),
        ("\U0001f99c !?", "clip"),
    ],
)
def test_a_prompt_becomes_a_slug(prompt, name):
    """Letters and digits of any script stay; what a shell or a path could stumble over goes."""
    assert name == slug(prompt)


@pytest.mark.parametrize("letter", ["a", "\u732b", "\U00020000"])
def test_a_slug_leaves_room_in_the_name(letter):
    """A prompt of any length and script gives a name that file systems take, cut between letters."""
    name = slug(letter * 32_000)

    assert 76 <= len(name.encode()) <= 80
    assert {letter} == set(name)


def test_a_name_never_hides_a_file(tmp_path):
    """The second clip of the same prompt and seed is -2, the third -3."""
    taken = []
    for _ in range(3):
        path = free_path(tmp_path, "a cat", 17)
        path.touch()
        taken.append(path.name)

    assert ["a-cat-17.mp4", "a-cat-17-2.mp4", "a-cat-17-3.mp4"] == taken


@pytest.mark.parametrize(("name", "container"), [("a.mp4", "mp4"), ("a.GIF", "gif"), ("a.b.webm", "webm")])
def test_a_suffix_names_the_container(name, container):
    """The suffix says what is written, in small or large letters."""
    assert container == container_of(Path(name))


@pytest.mark.parametrize("name", ["a", "a.avi", "a.mp4.txt", ".mp4"])
def test_an_unknown_suffix_is_refused(name):
    """Other suffixes are refused, naming those there are."""
    with pytest.raises(OutputError, match=r"\.mp4, \.webm and \.gif"):
        container_of(Path(name))
