"""From a file to its origin: what anybody is told, and what it takes to name somebody."""

import json
from dataclasses import replace

import numpy as np
import pytest
from cartoons import cartoon
from fakes import PRESET, MovingGradient
from PIL import Image

from vitascope import origin
from vitascope.backends.codec import LappedCodec
from vitascope.errors import SealError, StewardError, VerifyError
from vitascope.media import mp4
from vitascope.media.film import Film, write_film
from vitascope.media.read import video
from vitascope.origin import credits_file, credits_of, spelled, trace_file, verify_file
from vitascope.pipeline import render, source_of
from vitascope.provenance.audit import Steward, admit, is_whole, steward
from vitascope.provenance.register import LocalRegister
from vitascope.rights import compositions
from vitascope.rights.nearest import Nearness
from vitascope.rights.register import Register
from vitascope.settings import settings
from vitascope.types import Marked, Request

TWO = (Steward(name="ada"), Steward(name="bo"))
REASON = "a clip under embargo was posted"


class Cartoons(MovingGradient):
    """A backend that paints cartoons; another seed, another cartoon."""

    def render(self, plan, tick):
        yield from cartoon(plan.frames, 192, 192, plan.seed)


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path_factory.mktemp("home")))
    settings.cache_clear()
    yield settings().home
    monkeypatch.undo()
    settings.cache_clear()


def made(to, seed=1, party="", **asked):
    request = Request(prompt="a cat jumps", seed=seed, size=(192, 192), seconds=1, **asked)
    return render(request, to=to, backend=Cartoons(PRESET), tick=lambda _: None, party=party)


def encoded(frames, to):
    film = Film(container="mp4", container_options={}, codec="libx264", codec_options={"crf": "23"})
    write_film((Marked(frame=frame, mark_id=0) for frame in frames), to, fps=8, film=film)
    return to


def traced(path):
    return trace_file(path, stewards=TWO, reason=REASON)


def test_bytes_and_files_are_told_the_same(tmp_path):
    """A server has bytes, a person a file."""
    clip = made(tmp_path / "a.mp4")

    by_file, by_bytes = verify_file(clip.path), verify_file(clip.path.read_bytes())

    assert by_file == by_bytes
    assert (True, "certain", "trusted") == (by_file.made_here, by_file.confidence, by_file.credential.state)


def test_each_layer_says_what_it_saw_and_how_sure_it_is(tmp_path):
    """Re-encoded: no credential, a likely mark, and pictures that look like the render and prove nothing."""
    clip = made(tmp_path / "a.mp4")

    told = verify_file(encoded(video(clip.path), tmp_path / "b.mp4"))

    assert "not_present" == told.credential.state
    assert ("detected", "likely", clip.mark_id) == (told.mark.outcome, told.mark.confidence, told.mark.mark_id)
    assert ("detected", "inconclusive") == (told.fingerprint.outcome, told.fingerprint.confidence)
    assert clip.mark_id == told.fingerprint.nearest[0].mark_id


def test_pictures_alone_prove_nothing(tmp_path):
    """The same cartoon, unmarked, from elsewhere: it looks like a render, and is not said to be made here."""
    made(tmp_path / "a.mp4")
    frames = cartoon(9, 192, 192, 1)

    told = verify_file(encoded(frames[:8], tmp_path / "theirs.mp4"))

    assert (False, "inconclusive") == (told.made_here, told.confidence)
    assert "looks like a render" in told.words


def test_two_signals_that_agree_name_the_render(tmp_path):
    """Re-encoded, and both pictures and mark lead to it."""
    clip = made(tmp_path / "a.mp4", party="member-7")
    made(tmp_path / "other.mp4", seed=2, party="member-8")

    found = traced(encoded(video(clip.path), tmp_path / "leak.mp4"))

    assert "named" == found.outcome
    assert (clip.mark_id, "member-7") == (found.render.mark_id, found.render.party)


def test_a_cut_leaves_the_pictures_recognised(tmp_path):
    """The mark's grid tells where the part was cut from, and brings it near its render."""
    clip = made(tmp_path / "a.mp4", party="member-7")
    cut = [np.ascontiguousarray(frame[10:182, 6:178]) for frame in video(clip.path)]
    leak = encoded(cut, tmp_path / "leak.mp4")

    assert clip.mark_id == verify_file(leak).fingerprint.nearest[0].mark_id
    assert traced(leak).render in {None, LocalRegister(settings().home).get(clip.mark_id)}


def test_a_copied_mark_names_nobody(tmp_path):
    """The exact residual of one render laid on a foreign video: the mark is seen, and nobody is named."""
    made(tmp_path / "a.mp4", party="member-7")
    residual = [
        after.astype(np.int16) - before
        for after, before in zip(video(tmp_path / "a.mp4"), cartoon(9, 192, 192, 1), strict=False)
    ]
    foreign = [np.clip(frame + mark, 0, 255).astype(np.uint8) for frame, mark in zip(_film(8), residual, strict=False)]

    forged = encoded(foreign, tmp_path / "forged.mp4")

    assert "likely" == verify_file(forged).mark.confidence
    found = traced(forged)
    assert ("inconclusive", None) == (found.outcome, found.render)


def test_a_copied_mark_does_not_hide_whose_pictures_they_are(tmp_path):
    """Laid on another member's render of the same layout: pictures cannot tell the two apart, so the mark may not."""
    made(tmp_path / "a.mp4", party="framed")
    made(tmp_path / "b.mp4", seed=9, party="other")
    marks = [
        after.astype(np.int16) - before
        for after, before in zip(video(tmp_path / "a.mp4"), cartoon(9, 192, 192, 1), strict=False)
    ]
    foreign = [
        np.clip(frame.astype(np.int16) + mark, 0, 255).astype(np.uint8)
        for frame, mark in zip(cartoon(9, 192, 192, 9), marks, strict=False)
    ]

    found = traced(encoded(foreign, tmp_path / "forged.mp4"))

    assert ("inconclusive", None) == (found.outcome, found.render)


def test_a_trace_needs_two_people_and_a_reason(tmp_path):
    """Nothing is looked at before."""
    clip = made(tmp_path / "a.mp4")

    with pytest.raises(StewardError, match="two stewards, and both keys are those of ada"):
        trace_file(clip.path, stewards=(TWO[0], TWO[0]), reason=REASON)
    with pytest.raises(StewardError, match="reason"):
        trace_file(clip.path, stewards=TWO, reason="because")


def test_every_trace_leaves_two_rows(tmp_path, home):
    """One before anything is looked at, also where the file cannot be read, and one with the outcome."""
    clip = made(tmp_path / "a.mp4", party="member-7")
    traced(clip.path)
    (tmp_path / "text.mp4").write_text("no film")
    with pytest.raises(VerifyError):
        traced(tmp_path / "text.mp4")

    rows = [json.loads(line) for line in (home / "audit.jsonl").read_text().splitlines()]

    assert ["trace begun", "trace named", "trace begun"] == [row["act"] for row in rows]
    assert ("member-7", False, REASON) == (rows[1]["party"], rows[1]["party_is_told"], rows[1]["reason"])
    assert is_whole(home)
    (home / "audit.jsonl").write_text("\n".join(json.dumps(row) for row in rows[1:]) + "\n")
    assert not is_whole(home)


def test_who_is_named_is_told_before_anybody_hears_of_it(tmp_path, home):
    """The row says so; where the notice cannot be given, nobody is named."""
    clip, told = made(tmp_path / "a.mp4", party="member-7"), []

    found = trace_file(clip.path, stewards=TWO, reason=REASON, tell=told.append)

    assert [found.render] == told
    assert json.loads((home / "audit.jsonl").read_text().splitlines()[-1])["party_is_told"]

    def fail(_render):
        raise StewardError("no database")

    with pytest.raises(StewardError):
        trace_file(clip.path, stewards=TWO, reason=REASON, tell=fail)
    assert "trace begun" == json.loads((home / "audit.jsonl").read_text().splitlines()[-1])["act"]


def test_a_steward_is_known_by_a_key_that_is_kept_nowhere(home):
    """Only its hash is stored; a wrong key is nobody's, and no name is taken twice."""
    key = admit(home, "ada")

    assert Steward(name="ada") == steward(home, key)
    assert key not in (home / "stewards.json").read_text()
    for call in (lambda: steward(home, "steward-x"), lambda: admit(home, "ada"), lambda: admit(home, " ")):
        with pytest.raises(StewardError):
            call()


@pytest.mark.parametrize("text", ["[]", "{", '{"ada": {}}', '{"ada": {"salt": "x", "hash": "y"}}', '{"ada": 5}'])
def test_a_damaged_list_of_stewards_is_told(home, text):
    """One sentence, whoever asks."""
    (home / "stewards.json").write_text(text)
    for call in (lambda: steward(home, "steward-x"), lambda: admit(home, "ada")):
        with pytest.raises(SealError, match=r"stewards\.json cannot be read"):
            call()


def test_a_chain_reads_back(tmp_path):
    """A blend of two clips, of which one was made from a picture: four files, three of them with credentials."""
    Image.fromarray(np.full((192, 192, 3), 90, np.uint8)).save(tmp_path / "first.png")
    first = made(tmp_path / "a.mp4", image=np.full((192, 192, 3), 90, np.uint8))
    other = made(tmp_path / "b.mp4", seed=2)
    sources = (source_of(first.path), source_of(other.path, role="component"))

    blend = made(tmp_path / "c.mp4", seed=3, sources=sources, change="blended")

    credential = verify_file(blend.path).credential
    assert "trusted" == credential.state
    assert [("parentOf", 1, first.mark_id), ("inputTo", 2, None), ("componentOf", 1, other.mark_id)] == [
        (ancestor.relationship, ancestor.depth, ancestor.mark_id) for ancestor in credential.ancestors
    ]


def test_a_file_tells_whose_works_are_behind_it(tmp_path):
    """Credits of its seal, and the nearest works of the register with their distance, nearest first."""
    clip = made(tmp_path / "a.mp4")

    found = credits_file(clip.path)

    assert () == found.credits
    assert 5 == len(found.nearest)
    assert sorted(near.distance for near in found.nearest) == [near.distance for near in found.nearest]
    assert all(near.is_too_near for near in found.flagged)
    assert None is found.composition  # a second is too short to tell


def test_a_work_too_near_is_flagged_unless_the_seal_thanks_for_what_it_shows(monkeypatch):
    """A parrot where a parrot was asked for is credit; where a fish was, it is a copy to look into."""
    works = Register.load().works.values()
    parrot = next(work for work in works if "parrot" in work.concepts)
    near = Nearness(work=parrot, distance=0.1, is_too_near=True)
    monkeypatch.setattr(origin, "nearest_works", lambda frames: (near, replace(near, is_too_near=False)))
    frames = cartoon(2, 64, 64)

    asked = credits_of(frames, ("Noto and Ada: cat, parrot (OFL; x 1.0)",))
    other = credits_of(frames, ("Parrot (the artist): fish (OFL; parrot 1.0)",))

    assert ((), (near,), (near,)) == (asked.flagged, other.flagged, credits_of(frames, ()).flagged)


def patchwork(seed):
    """Seventeen frames of coloured patches that wander: every seed has a layout of its own."""
    ground = np.kron(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8), np.ones((16, 16, 1)))
    return [np.roll(ground, 2 * time, axis=seed % 2).astype(np.uint8) for time in range(17)]


def test_a_copy_of_a_whole_composition_is_flagged(monkeypatch):
    """By the index alone: frames of a known clip come back in another light; others stand out from none."""
    index = compositions.shipped()
    codec = LappedCodec(index.codec)
    drawn = [patchwork(seed) for seed in range(70)]
    described = np.stack([index.point(codec.encode(np.stack(frames))) for frames in drawn])
    known = replace(index, points=compositions.rounded(described[:60]), near=0.5)
    monkeypatch.setattr(compositions, "shipped", lambda: known)
    copy = [np.clip(frame * 0.9 + 12, 0, 255).astype(np.uint8) for frame in drawn[3]]

    found, fresh = credits_of(copy, ()), [credits_of(frames, ()) for frames in drawn[60:]]

    assert found.composition.is_too_near
    assert not any(one.composition.is_too_near for one in fresh)
    assert {"ratio", "threshold", "known", "flagged"} == set(spelled(found)["composition"])
    assert credits_of(copy[:16], ()).composition is None


def test_the_shipped_index_knows_compositions_and_no_cartoon_of_these_tests():
    """It is of the embedded model; what a training never saw is like none of it."""
    composition = credits_of(cartoon(33, 128, 128), ()).composition

    assert composition.known > 10_000
    assert 0.2 < composition.near < composition.ratio


def test_a_server_brings_its_own_register(tmp_path, home):
    """Anything with the methods of a register will do."""
    elsewhere = LocalRegister(tmp_path / "database")
    request = Request(prompt="a cat jumps", seed=1, size=(192, 192), seconds=1)
    clip = render(request, to=tmp_path / "a.mp4", backend=Cartoons(PRESET), tick=lambda _: None, register=elsewhere)

    assert clip.mark_id == verify_file(clip.path, register=elsewhere).mark.mark_id
    assert None is verify_file(clip.path).mark.mark_id
    assert [] == LocalRegister(home).ids().tolist()


def _film(frames):
    """Grey noise with some shape, nothing like the cartoons."""
    rng = np.random.default_rng(3)
    ground = np.kron(rng.integers(40, 200, (12, 12)), np.ones((16, 16)))[..., None]
    return [(ground + rng.normal(0, 6, (192, 192, 3))).astype(np.int16) for _ in range(frames)]


def test_what_plain_writers_leave_is_not_ours(tmp_path):
    """The control: the same film without mark and seal is not said to be made here."""
    path = tmp_path / "plain.mp4"
    mp4.write((Marked(frame=frame.clip(0, 255).astype(np.uint8), mark_id=0) for frame in _film(8)), path, fps=8)

    told = verify_file(path)

    assert (False, "not_present", "not_detected", "not_detected") == (
        told.made_here,
        told.credential.state,
        told.mark.outcome,
        told.fingerprint.outcome,
    )
