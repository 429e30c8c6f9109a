"""Every way a picture leaves the house today leads past mark and seal. A new way is a new row in ``DOORS``."""

import ast
import json
from pathlib import Path

import c2pa
import numpy as np
import pytest
from fakes import MovingGradient

import vitascope
from vitascope import front
from vitascope.cli.main import app
from vitascope.errors import SealError
from vitascope.media.read import video
from vitascope.origin import verify_file
from vitascope.pipeline import render, source_of
from vitascope.provenance.authority import open_authority
from vitascope.provenance.detect import carries
from vitascope.provenance.register import LocalRegister
from vitascope.provenance.seal import sidecar_of
from vitascope.settings import settings
from vitascope.types import Request

PROMPT = "a parrot flies over a beach at sunset"


def by_command_line(suffix):
    def leave(to):
        path = to.with_suffix(suffix)
        with pytest.raises(SystemExit) as ended:
            app(["generate", PROMPT, "--size", "128x128", "-o", str(path)])
        assert 0 == ended.value.code
        return path

    return leave


def by_python(suffix):
    return lambda to: vitascope.generate(PROMPT, size="128x128", output=to.with_suffix(suffix)).path


def by_pipeline(suffix):
    def leave(to):
        request = Request(prompt=PROMPT, size=(128, 128), container=suffix[1:])
        return render(request, to=to.with_suffix(suffix), backend=MovingGradient(), tick=lambda _: None).path

    return leave


def as_still(suffix, kind):
    def leave(to):
        request = Request(prompt=PROMPT, size=(256, 256), seconds=2)
        path = to.with_suffix(suffix)
        film = {"to": to.with_suffix(".mp4"), "backend": MovingGradient(), "tick": lambda _: None}
        render(request, **film, pictures={kind: path})
        return path

    return leave


FILMS, STILLS = (".mp4", ".webm", ".gif"), (".png", ".jpg", ".webp")
DOORS = {
    **{f"command line, {suffix}": by_command_line(suffix) for suffix in FILMS},
    **{f"python, {suffix}": by_python(suffix) for suffix in FILMS},
    **{f"pipeline, {suffix}": by_pipeline(suffix) for suffix in FILMS},
    **{f"thumbnail, {suffix}": as_still(suffix, "thumbnail") for suffix in STILLS},
    **{f"spritesheet, {suffix}": as_still(suffix, "spritesheet") for suffix in STILLS},
}


@pytest.fixture(autouse=True)
def fake_model(monkeypatch, tmp_path):
    from vitascope.backends import choose

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(choose, "open_backend", lambda model: MovingGradient())
    monkeypatch.setattr(front, "open_backend", lambda model: MovingGradient())


@pytest.mark.parametrize("door", DOORS)
def test_what_leaves_carries_both_layers(tmp_path, door):
    """A credential of this house and a mark of its register, and both name one render."""
    path = DOORS[door](tmp_path / "left")

    told = verify_file(path)

    assert (path.suffix == ".webm") == sidecar_of(path).exists()  # the one container that cannot hold a credential
    assert "trusted" == told.credential.state
    assert "detected" == told.mark.outcome
    assert told.credential.mark_id == told.mark.mark_id


@pytest.mark.parametrize("kind", ["thumbnail", "spritesheet"])
def test_a_still_is_marked_at_its_own_size(tmp_path, kind):
    """Scaled first and marked then, so that nothing has to be searched for."""
    path = as_still(".png", kind)(tmp_path / "left")

    (entry,) = LocalRegister(settings().home).entries()[-1:]
    assert carries(next(video(path)), entry.mark_id, open_authority(settings().home).mark_key)


@pytest.mark.parametrize("door", [door for door in DOORS if door.startswith(("command", "python", "pipeline"))])
def test_without_a_signer_nothing_leaves(tmp_path, monkeypatch, capsys, door):
    """The signing key cannot be read: the error says so, and no file, half file or sidecar is there."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    open_authority(settings().home)
    (settings().home / "authority" / "signer.pem").write_bytes(b"no key")
    (tmp_path / "out").mkdir()

    with pytest.raises((SealError, AssertionError)) as ended:
        DOORS[door](tmp_path / "out" / "left")

    assert "holds no private key" in capsys.readouterr().err + str(ended.value)
    assert [] == list((tmp_path / "out").iterdir())
    settings.cache_clear()


@pytest.mark.parametrize("suffix", [".mp4", ".gif"])
def test_a_badge_of_the_operator_is_seen_and_takes_nothing_away(tmp_path, monkeypatch, suffix):
    """The corner shows it, the rest is as before, and both invisible layers are there."""
    request = Request(prompt=PROMPT, size=(128, 128), seed=3, container=suffix[1:])
    plain = render(request, to=tmp_path / f"a{suffix}", backend=MovingGradient(), tick=lambda _: None)
    monkeypatch.setenv("VITASCOPE_BADGE", "AI-generated")
    settings.cache_clear()

    badged = render(request, to=tmp_path / f"b{suffix}", backend=MovingGradient(), tick=lambda _: None)

    told = verify_file(badged.path)
    apart = np.abs(next(video(badged.path)).astype(int) - next(video(plain.path))).max(axis=2)
    height, width = apart.shape
    assert apart[-height // 6 :, width // 2 :].max() > 80
    assert np.median(apart[: height // 2]) < 30  # the mark of another id
    assert ("trusted", "detected") == (told.credential.state, told.mark.outcome)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("change", ["remixed", "extended", "edited", "blended"])
def test_a_film_made_from_a_film_leads_back_to_it(tmp_path, change):
    """Whatever was done to it: the parent, what was blended in, and what those were made from, each with its mark."""

    def film(name, **asked):
        request = Request(prompt=PROMPT, size=(128, 128), **asked)
        return render(request, to=tmp_path / name, backend=MovingGradient(), tick=lambda _: None)

    first = film("first.mp4")
    middle = film("middle.mp4", sources=(source_of(first.path),), change="extended")
    other = film("other.mp4")
    blended = (source_of(other.path, role="component"),) if change == "blended" else ()

    last = film("last.mp4", sources=(source_of(middle.path), *blended), change=change)

    credential = verify_file(last.path).credential
    chain = [(one.relationship, one.depth, one.mark_id) for one in credential.ancestors]
    beside = [("componentOf", 1, other.mark_id)] if blended else []
    assert "trusted" == credential.state
    assert [("parentOf", 1, middle.mark_id), ("parentOf", 2, first.mark_id), *beside] == chain
    with c2pa.Reader(str(last.path)) as reader:
        store = json.loads(reader.json())
    assertions = store["manifests"][store["active_manifest"]]["assertions"]
    actions = next(one["data"]["actions"] for one in assertions if one["label"].startswith("c2pa.actions"))
    assert change == next(one["description"] for one in actions if one["action"] == "c2pa.edited")


def test_nothing_else_writes_pictures():
    """The files of the house that hand pixels to an encoder or to Pillow's save, all of them; training shows nobody."""
    house = Path(vitascope.__file__).parent
    writers = {
        str(path.relative_to(house))
        for path in house.rglob("*.py")
        if "training" not in path.parts
        and any(call in path.read_text() for call in (".save(", 'av.open(str(path), "w"', 'av.open(file, "w"'))
    }

    behind_doors = {"media/film.py", "media/gif.py", "media/stills.py"}
    workshop = {
        "bench/distort.py",
        "corpus/atlas.py",
        "corpus/sheet.py",
    }  # into memory, or for those who make the model
    own_use = {"media/sheets.py", "server/inside_darkroom.py"}  # ingredients, and pictures that are handed in
    assert behind_doors | workshop | own_use == writers


def test_only_provenance_makes_what_lets_a_picture_out():
    """A marked frame and a seal are proofs: nobody else makes one but who reads back what was, or has no film."""
    house = Path(vitascope.__file__).parent
    made = {
        (call.func.id, str(path.relative_to(house)))
        for path in house.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"Marked", "Seal"}
    }

    simulated = {("Seal", "bench/book.py"), ("Seal", "bench/crowd.py")}
    without_film = {("Seal", "videos/job.py"), ("Seal", "worker/twin.py"), *simulated}
    assert {("Marked", "provenance/mark.py"), ("Seal", "provenance/seal.py")} == made - without_film


def test_latents_are_no_door():
    """One file knows where they lie; what hands files out asks the store for keys of rows, and no row has theirs."""
    house = Path(vitascope.__file__).parent
    sources = {str(path.relative_to(house)): ast.parse(path.read_text()) for path in house.rglob("*.py")}
    says = {
        name
        for name, tree in sources.items()
        if not name.startswith(("backends/", "training/"))  # an input of a graph, a folder of the workshop
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "latents"
    }
    knows = {
        name
        for name, tree in sources.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and "worker" in (node.module or "") and "latents" in ast.unparse(node)
    }
    asks = {
        (call.func.attr, ast.unparse(call.args[0]))
        for name, tree in sources.items()
        if name.startswith(("server/", "videos/"))
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"stream", "read", "fetch", "link", "keys", "old"}
        and ast.unparse(call.func.value).endswith("blobs")
    }

    assert {"worker/latents.py"} == says
    assert {"worker/jobs.py", "worker/clerk.py"} == knows
    of_the_row = {("link", "stored.key"), ("fetch", "stored.key"), ("stream", "stored.key")}
    of_the_row |= {("read", "job.made.files['thumbnail'].key")}
    sent = {("old", "FOLDER")}  # pictures that orders begin with
    characters = {  # a folder of pictures that a member has uploaded
        ("read", "f'{kept.folder}/{SMALL}'"),
        ("read", "f'{kept.folder}/{name}'"),
        ("keys", "kept.folder"),
        ("keys", "folder"),
        ("stream", "key"),
    }
    works = {
        ("read", "work.path"),
        ("read", "_key(work)"),
    }  # pictures that rightsholders put in, by the register's path
    assert of_the_row | characters | works | sent | {("keys", "folder(video)")} == asks
