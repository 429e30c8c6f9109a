"""From a package to an atlas: each drawing passes the tap, or nothing is packed. Needs resvg, of the train extra."""

import hashlib

import packages
import pytest

from vitascope.corpus.atlas import Atlas
from vitascope.errors import CorpusError, NotClearedError
from vitascope.rights.register import Register
from vitascope.types import Work

pytestmark = pytest.mark.torch

FILES = {
    "fluent-anim": ("assets/1f415.webp", packages.animation()),
    "noto": ("icons.json#dog", packages.icons()),
    "twemoji": ("1f415.svg", packages.SVG.encode()),
}
DRAWINGS = {**{key: contents for key, (_, contents) in FILES.items()}, "noto": packages.BODY.encode()}


def _work(source, drawing):
    return Work(
        id=f"{source.key}:1f415",
        package=source.package,
        path=FILES[source.key][0],
        sha256=hashlib.sha256(drawing).hexdigest(),
        title="dog",
        authors=source.authors,
        licence=source.licence,
        licence_basis=source.licence_basis,
        consent="licence-only",
        date=source.date,
        lane="A",
        kind="animation" if source.key == "fluent-anim" else "still",
        concepts=("dog",),
    )


@pytest.fixture
def sources(tmp_path):
    """Three packages of one dog each, in the folder they are brought to."""
    return [
        packages.write(tmp_path, key, {path.partition("#")[0]: contents}, canvas=32 if key == "noto" else 0)
        for key, (path, contents) in FILES.items()
    ]


def _register(sources, drawings):
    works = [_work(source, drawings[source.key]) for source in sources]
    return Register(works={work.id: work for work in works})


def test_an_atlas_is_built_from_packages(sources, tmp_path):
    """An animation, an icon and an SVG become three sprites of one subject, each in its style and colour."""
    from vitascope.corpus.build import build_atlas

    register, path = _register(sources, DRAWINGS), tmp_path / "corpus" / "atlas.zip"
    build_atlas(register, path, ["dog"], folder=tmp_path, sources=sources)
    atlas = Atlas.open(path, register)

    assert ("3d", "noto", "twemoji") == atlas.styles("dog")
    assert 24 == len(atlas.sprite("dog", "3d").pixels)
    assert 0.4 == atlas.sprite("dog", "3d").seconds
    for style, channel in (("noto", 1), ("twemoji", 2)):
        middle = atlas.sprite("dog", style).pixels[0, 64, 64]
        assert 245 < middle[channel]
        assert 255 == middle[3]


def test_a_style_can_be_left_out(sources, tmp_path):
    """Only the styles asked for are packed."""
    from vitascope.corpus.build import build_atlas

    register, path = _register(sources, DRAWINGS), tmp_path / "atlas.zip"
    build_atlas(register, path, ["dog"], ["twemoji"], tmp_path, sources)

    assert ("twemoji",) == Atlas.open(path, register).styles("dog")


def test_an_uncleared_drawing_stops_the_build(sources, tmp_path):
    """The bytes in the package differ from those registered: no atlas, not even a part of one."""
    from vitascope.corpus.build import build_atlas

    register, path = _register(sources, DRAWINGS | {"twemoji": b"<svg/>"}), tmp_path / "corpus" / "atlas.zip"

    with pytest.raises(NotClearedError, match="twemoji:1f415"):
        build_atlas(register, path, ["dog"], folder=tmp_path, sources=sources)

    assert [] == list(path.parent.iterdir())


@pytest.mark.parametrize("svg", ["no svg at all", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'])
def test_an_svg_that_shows_nothing_is_refused(svg):
    """Broken text and an empty picture end in one sentence."""
    from vitascope.corpus.vectors import svg_frames

    with pytest.raises(CorpusError, match="Choose another work"):
        svg_frames(svg)
