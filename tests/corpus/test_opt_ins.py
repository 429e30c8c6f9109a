"""From an artist's yes to the corpus and back: granted works enter through the tap, withdrawn ones leave."""

import io
from datetime import timedelta

import numpy as np
import packages
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.programme.members import NOW, Leaves
from vitascope.corpus.atlas import Atlas
from vitascope.errors import NotClearedError
from vitascope.rights.consent import snapshots, works
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.register import Register
from vitascope.rights.uses import Use
from vitascope.store.database import open_database

pytestmark = pytest.mark.torch

RED = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4.5" cy="4.5" r="4" fill="#e01010"/></svg>'
)


class House:
    """A house's consents and files, and a corpus that is built from its snapshots."""

    def __init__(self, tx, folder):
        self.tx, self.folder, self.files, self.now = tx, folder, {}, NOW

    def put_in(self, content, *, kind="image/svg+xml", shows=("dog",), owner="ana"):
        upload = Upload(title="Mine", content=content, media_type=kind, credit="Ana Lima", concepts=shows, is_mine=True)
        self.now += timedelta(days=1)
        made = works.put_in(self.tx, Leaves(), owner, upload, now=self.now)
        self.files[made.path] = content
        return made.id

    def grant(self, name, owner="ana", *, use=Use.TRAIN, overrides=False):
        year = self.now + timedelta(days=365)
        wish = Consent(work=name, uses=frozenset({use}), until=year, overrides_signals=overrides)
        works.grant(self.tx, Leaves(), owner, wish, now=self.now)

    def withdraw(self, name, owner="ana"):
        works.withdraw(self.tx, Leaves(), owner, name, frozenset(works.USES), now=self.now)

    def build(self, base, sources=()):
        """Snapshot, then corpus: the atlas as training opens it, and what was left out."""
        from vitascope.corpus.build import build_atlas

        _, register = snapshots.take(self.tx, Leaves(), base, by="operator", now=self.now)
        given = self.folder / "register"
        snapshots.write(register, given, self.files.__getitem__)
        path = self.folder / "atlas.zip"
        left_out = build_atlas(Register.load(given), path, folder=self.folder, sources=sources, given=given)
        return Atlas.open(path, Register.load(given)), left_out


@pytest.fixture
def house(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'house.db'}")
    with database.transaction() as tx:
        yield House(tx, tmp_path)
    database.close()


@pytest.fixture
def package(tmp_path):
    """A package with a blue-channel dog in Twemoji's style, and the register that knows it."""
    from tests.corpus.test_build import DRAWINGS, FILES, _register

    path, content = FILES["twemoji"]
    source = packages.write(tmp_path, "twemoji", {path: content}, canvas=0)
    return [source], _register([source], DRAWINGS)


EMPTY = Register(works={})


def _colour(atlas, style):
    return tuple(int(value) for value in atlas.sprite("dog", style).pixels[0, 64, 64])


def test_a_granted_work_enters_the_corpus_and_a_withdrawn_one_leaves(house, package):
    """Unknown means no; a yes brings it in, in place of the package's own; a withdrawal brings that back."""
    sources, base = package
    name = house.put_in(RED, shows=("dog", "twemoji"))
    before, _ = house.build(base, sources)
    house.grant(name)
    during, left_out = house.build(base, sources)
    kept = (house.folder / "register" / "works").iterdir()
    num_kept = len(list(kept))
    house.withdraw(name)
    after, _ = house.build(base, sources)

    assert (name in before.work_ids, name in during.work_ids, name in after.work_ids) == (False, True, False)
    assert _colour(during, "twemoji")[0] > 200
    assert _colour(before, "twemoji") == _colour(after, "twemoji")
    assert _colour(before, "twemoji")[0] < 200
    assert () == left_out
    assert 1 == num_kept
    assert [] == list((house.folder / "register" / "works").iterdir()), "nothing learns from a file that is gone"


def test_an_older_corpus_does_not_open_after_a_withdrawal(house):
    """The tap is asked each time: an atlas built with the work is refused by the next register."""
    name = house.put_in(RED)
    house.grant(name)
    house.build(EMPTY)
    house.withdraw(name)
    _, register = snapshots.take(house.tx, Leaves(), EMPTY, by="operator", now=house.now)

    with pytest.raises(NotClearedError, match=name):
        Atlas.open(house.folder / "atlas.zip", register)


def test_other_uses_than_training_bring_nothing_in(house):
    """Display is not training."""
    name = house.put_in(RED)
    house.grant(name, use=Use.DISPLAY)

    assert name not in house.build(EMPTY)[0].work_ids


def test_a_file_that_is_not_the_one_consented_to_stops_the_build(house):
    """Other bytes under the same name, and a file that is gone: refused by the register."""
    name = house.put_in(RED)
    house.grant(name)
    path = next(iter(house.files))
    house.files[path] = RED.replace(b"e01010", b"10e010")
    with pytest.raises(NotClearedError, match="sha256"):
        house.build(EMPTY)
    assert not (house.folder / "atlas.zip").exists()


def _png(*, ground):
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[..., 3] = ground
    pixels[10:30, 10:30] = (10, 200, 10, 255)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "shows", "why"),
    [
        (_png(ground=255), "image/png", ("dog",), "no transparent ground"),
        (RED, "image/svg+xml", ("a sonnet",), "one thing of the world"),
        (RED, "image/svg+xml", ("dog", "cat"), "one thing of the world"),
        (b'<svg><image href="/etc/hostname"/></svg>', "image/svg+xml", ("dog",), "other files"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "image/svg+xml", ("dog",), "other files"),
        (b"\x89PNG\r\n\x1a\nbroken", "image/png", ("dog",), "no PNG"),
        (b"<svg/>", "image/svg+xml", ("dog",), "Choose another work"),
        (b"\x00\x00\x00 ftypisom", "video/mp4", ("dog",), "no PNG"),
    ],
)
def test_what_cannot_be_cut_out_is_left_out_and_named(house, content, kind, shows, why):
    """It stops no build; the others are in it. A broken file says nothing clear: its owner has to insist."""
    good, bad = house.put_in(_png(ground=0), kind="image/png"), house.put_in(content, kind=kind, shows=shows)
    house.grant(good)
    house.grant(bad, overrides=True)
    atlas, left_out = house.build(EMPTY)

    assert (good,) == atlas.work_ids
    assert 1 == len(left_out)
    assert why in left_out[0]
    assert bad in left_out[0]


def test_of_two_drawings_the_first_stands(house):
    """Of the same thing in the same style; the other is named, and comes in when the first is withdrawn."""
    first, second = house.put_in(RED), house.put_in(RED.replace(b"e01010", b"1010e0"), owner="ben")
    house.grant(first)
    house.grant(second, "ben")
    atlas, left_out = house.build(EMPTY)
    house.withdraw(first)
    then, _ = house.build(EMPTY)

    assert (first,) == atlas.work_ids
    assert first in left_out[0]
    assert (second,) == then.work_ids


def test_the_command_writes_the_files_beside_the_register(tmp_path):
    """``consent snapshot``: what was put in by command lies in the folder that the corpus is built from."""
    from vitascope.cli.main import app

    def say(*words):
        done = CliRunner().invoke(app, [*words, "--data", str(tmp_path / "house")])
        assert 0 == done.exit_code, done.output
        return done.output

    drawing = tmp_path / "dog.svg"
    drawing.write_bytes(RED)
    name = say("consent", "put-in", str(drawing), "--by", "ana", "--title", "Dog", "--shows", "dog", "--mine").split(
        ":"
    )[0]
    say("consent", "grant", name, "--by", "ana", "--use", "train")
    say("consent", "snapshot", str(tmp_path / "register"), "--by", "operator")

    work = Register.load(tmp_path / "register").get(name)
    assert RED == (tmp_path / "register" / work.path).read_bytes()
