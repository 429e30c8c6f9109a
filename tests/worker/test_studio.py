"""What a worker makes for the API: every file and every preview carries both layers, and a remix names its parent."""

import json

import c2pa
import numpy as np
import pytest
from fakes import Forgetful, MovingGradient
from PIL import Image
from shop import order

from vitascope.errors import SealError
from vitascope.orders import Reservation
from vitascope.origin import verify_file
from vitascope.settings import settings
from vitascope.types import Progress
from vitascope.worker import studio
from vitascope.worker.engine import Given
from vitascope.worker.studio import Studio


class Sketching(MovingGradient):
    """A gradient that can be looked at while it is painted."""

    def render(self, plan, tick):
        y, x = np.mgrid[:192, :192]
        sketch = np.stack([127 + 60 * np.sin(x / 9 + y / 30 * shade) for shade in (1, 2, 3)], axis=-1).astype(np.uint8)
        for step in range(1, 9):
            tick(Progress(stage="denoise", step=step, steps=8, sketch=lambda: sketch))
        yield from super().render(plan, lambda _: None)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    monkeypatch.setattr(studio, "open_backend", lambda model: Sketching())
    yield settings().home
    monkeypatch.undo()
    settings.cache_clear()


def painted(folder, *, given=None, previews=None, tick=lambda _: None, **facts):
    folder.mkdir()
    wanted = order(model="s", size=(256, 256), seconds=2.0, **facts)
    shown = [] if previews is None else previews
    return Studio("s").paint(
        wanted,
        party="ana",
        given=given or Given(),
        folder=folder,
        tick=tick,
        show=lambda picture, _step: shown.append(picture),
        memory=Forgetful(),
    )


def test_every_variant_and_preview_carries_both_layers(tmp_path, monkeypatch):
    """Film, thumbnail, spritesheet, and four previews that were never files: one render, named twice by each."""
    monkeypatch.setattr("vitascope.pipeline.FIRST_PREVIEW", 0.0)
    monkeypatch.setattr("vitascope.pipeline.PREVIEW_PAUSE", 0.0)
    previews = []
    made = painted(tmp_path / "a", previews=previews)

    told = [verify_file(file) for file in (made.video, made.thumbnail, made.spritesheet, *previews)]

    assert 7 == len(told)
    assert {"trusted"} == {one.credential.state for one in told}
    assert {made.seal.mark_id} == {one.credential.mark_id for one in told}
    assert {made.seal.mark_id} == {one.mark.mark_id for one in told}


def test_a_remix_names_what_it_builds_on(tmp_path):
    """The source is its parent, with a credential of its own; a first frame is an input, without one."""
    first = painted(tmp_path / "a")
    remix = painted(tmp_path / "b", given=Given(source=first.video), verb="remix", source="video_a")

    credential = verify_file(remix.video).credential

    assert "trusted" == credential.state
    assert [("parentOf", True, first.seal.mark_id)] == [
        (one.relationship, one.has_credential, one.mark_id) for one in credential.ancestors
    ]


def test_a_first_frame_with_a_credential_goes_into_the_chain(tmp_path):
    """As it was sent: it is the input, with the credential of its own; the decoded picture is none."""
    first = painted(tmp_path / "a")
    decoded = tmp_path / "first.png"
    Image.open(first.thumbnail).convert("RGB").save(decoded)

    film = painted(
        tmp_path / "b", given=Given(image=decoded, image_as_sent=first.thumbnail), image="inputs/x/first.png"
    )
    bare = painted(tmp_path / "c", given=Given(image=decoded), image="inputs/x/first.png")

    chain = [(one.relationship, one.depth, one.has_credential) for one in verify_file(film.video).credential.ancestors]
    assert [("inputTo", 1, True), ("parentOf", 2, True)] == chain  # the thumbnail, and the film it is of
    assert [("inputTo", 1, False)] == [
        (one.relationship, one.depth, one.has_credential) for one in verify_file(bare.video).credential.ancestors
    ]


@pytest.mark.parametrize("choice", ["notAllowed", "allowed", "constrained"])
def test_the_member_chooses_what_may_be_learned(tmp_path, choice):
    """Nothing is allowed unless they said so."""
    terms = {"terms": "https://ana.example/terms"} if choice == "constrained" else {}
    asked = {} if choice == "notAllowed" else {"reservation": Reservation(mining=choice, **terms)}
    made = painted(tmp_path / "a", **asked)

    with c2pa.Reader(str(made.video)) as reader:
        store = json.loads(reader.json())
    assertions = store["manifests"][store["active_manifest"]]["assertions"]
    entries = next(one["data"]["entries"] for one in assertions if one["label"] == "cawg.training-mining")
    assert {choice} == {entry["use"] for entry in entries.values()}
    assert {terms.get("terms")} == {entry.get("constraint_info") for entry in entries.values()}


def test_a_server_without_a_signer_makes_nothing(tmp_path, home):
    """The key is unreadable: one sentence, and neither a film nor a preview has left."""
    previews = []
    painted(tmp_path / "a")
    (home / "authority" / "signer.pem").write_bytes(b"no key")

    with pytest.raises(SealError, match="holds no private key"):
        painted(tmp_path / "b", previews=previews)

    assert [] == previews
    assert [] == list((tmp_path / "b").iterdir())


def test_the_stills_are_a_stage_of_their_own(tmp_path):
    """After the seal a tick begins the pictures, and one follows each: who cancels then is heard, too."""
    ticks = []
    painted(tmp_path / "a", tick=ticks.append)

    assert [("seal", 0), ("seal", 1), ("stills", 0), ("stills", 1), ("stills", 2)] == [
        (tick.stage, tick.step) for tick in ticks[-5:]
    ]
