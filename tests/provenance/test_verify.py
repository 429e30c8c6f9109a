"""Where a file comes from: both layers, alone and together."""

from pathlib import Path

import av
import numpy as np
import pytest
from cartoons import cartoon

from vitascope.errors import VerifyError
from vitascope.media import mp4, webm
from vitascope.media.film import Film, write_film
from vitascope.media.read import video
from vitascope.origin import verify_file
from vitascope.provenance.authority import open_authority
from vitascope.provenance.credential import read_credential
from vitascope.provenance.detect import Detection
from vitascope.provenance.fingerprint import Sampler, words_of
from vitascope.provenance.manifest import Claim
from vitascope.provenance.mark import mark
from vitascope.provenance.register import Issued, LocalRegister
from vitascope.provenance.seal import seal
from vitascope.provenance.verify import Seen, find_likeness, look, report
from vitascope.types import Marked


def make(home, path, *, write=mp4.write, seed=0, frames=9):
    """A clip as the pipeline makes it; returns its mark."""
    authority, register = open_authority(home), LocalRegister(home)
    mark_id, sampler = register.take(), Sampler()
    write(mark(sampler.watch(cartoon(frames, 96, 96, seed)), mark_id, authority.mark_key), path, fps=8)
    claim = Claim(title="clip", model="s", weights_sha256="ab", trained_on="cd", mark_id=mark_id)
    sealed = seal(path, claim, authority)
    entry = Issued(mark_id=mark_id, time="t", model="s", manifest_sha256=sealed.seal.manifest_sha256, size=(96, 96))
    register.enter(entry, words_of(sampler.planes))
    return mark_id


def encoded_again(path, to):
    film = Film(container="mp4", container_options={}, codec="libx264", codec_options={"crf": "26"})
    write_film((Marked(frame=frame, mark_id=0) for frame in video(path)), to, fps=8, film=film)
    return to


def report_on(path, home):
    return verify_file(path, home=home)


@pytest.mark.parametrize(("write", "name"), [(mp4.write, "clip.mp4"), (webm.write, "clip.webm")])
def test_a_clip_of_this_house_says_so_twice(tmp_path, write, name):
    """Credential and mark name the same render."""
    mark_id = make(tmp_path / "home", tmp_path / name, write=write)
    told = report_on(tmp_path / name, tmp_path / "home")
    assert (True, "trusted", "detected") == (told.made_here, told.credential.state, told.mark.outcome)
    assert (mark_id, mark_id, "s") == (told.credential.mark_id, told.mark.mark_id, told.model)
    assert "both say so" in told.words


def test_a_re_encoded_clip_is_known_by_its_mark(tmp_path):
    """The credential is gone, the answer is "likely" with its chance, and the model comes from the register."""
    mark_id = make(tmp_path / "home", tmp_path / "clip.mp4")
    told = report_on(encoded_again(tmp_path / "clip.mp4", tmp_path / "copy.mp4"), tmp_path / "home")
    assert (True, "not_present", "detected") == (told.made_here, told.credential.state, told.mark.outcome)
    assert (mark_id, "s") == (told.mark.mark_id, told.model)
    assert ("likely", "likely") == (told.confidence, told.mark.confidence)
    assert told.mark.p <= 1e-3
    assert "likely" in told.words


def test_a_changed_file_is_invalid_and_still_known(tmp_path):
    """One bit of one picture flipped: the credential breaks, the mark does not."""
    path = tmp_path / "clip.mp4"
    make(tmp_path / "home", path)
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    told = report_on(path, tmp_path / "home")
    assert ("invalid", "detected", True) == (told.credential.state, told.mark.outcome, told.made_here)


def test_a_file_from_elsewhere_is_not_ours(tmp_path):
    """Another house's clip is valid there, unknown here, and its mark is not seen."""
    make(tmp_path / "other", tmp_path / "clip.mp4")
    make(tmp_path / "home", tmp_path / "ours.mp4")
    told = report_on(tmp_path / "clip.mp4", tmp_path / "home")
    assert (False, "valid", "not_detected") == (told.made_here, told.credential.state, told.mark.outcome)


def test_a_plain_clip_is_not_ours(tmp_path):
    """Nothing found is said as nothing found."""
    make(tmp_path / "home", tmp_path / "ours.mp4")
    plain = tmp_path / "plain.mp4"
    mp4.write((Marked(frame=frame, mark_id=0) for frame in cartoon(9, 96, 96)), plain, fps=8)
    told = report_on(plain, tmp_path / "home")
    assert (False, "not_present", "not_detected", "") == (
        told.made_here,
        told.credential.state,
        told.mark.outcome,
        told.model,
    )


def test_a_mark_the_register_lost_is_no_proof(tmp_path):
    """The key is ours, the id is not on record: said, and not counted as made here."""
    make(tmp_path / "home", tmp_path / "clip.mp4", frames=33)  # of nine some marks are too faint without their id
    (tmp_path / "home" / "register.jsonl").unlink()
    told = report_on(encoded_again(tmp_path / "clip.mp4", tmp_path / "copy.mp4"), tmp_path / "home")
    assert (False, "detected", None) == (told.made_here, told.mark.outcome, told.mark.mark_id)
    assert "no render of the register" in told.mark.words


def test_two_layers_that_disagree_are_told(tmp_path):
    """The pictures of one render under the credential of another."""
    home = tmp_path / "home"
    make(home, tmp_path / "one.mp4")
    make(home, tmp_path / "two.mp4", seed=1)
    authority = open_authority(home)
    credential = read_credential(tmp_path / "one.mp4", authority)
    seen = look(video(tmp_path / "two.mp4"), authority.mark_key)
    assert "different renders" in report(credential, seen, LocalRegister(home)).words


def test_a_remuxed_file_has_lost_its_credential_only(tmp_path):
    """Copying the stream into a new container drops C2PA without touching a pixel."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as source, av.open(str(tmp_path / "copy.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    told = report_on(tmp_path / "copy.mp4", tmp_path / "home")
    assert ("not_present", True) == (told.credential.state, told.made_here)


@pytest.mark.parametrize("content", [b"", b"once upon a time", b"\x00" * 5000])
def test_what_is_no_media_is_refused(tmp_path, content):
    """One sentence that names the file."""
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(VerifyError, match=r"clip\.mp4"):
        report_on(tmp_path / "clip.mp4", tmp_path / "home")


@pytest.mark.parametrize("path", [".", "", "/"])
def test_a_folder_is_told(tmp_path, path):
    """Whatever it is called."""
    with pytest.raises(VerifyError, match="Is a directory"):
        report_on(Path(path), tmp_path / "home")


def test_a_missing_file_is_told(tmp_path):
    """Before anything is searched."""
    with pytest.raises(VerifyError, match="No such file"):
        report_on(tmp_path / "clip.mp4", tmp_path / "home")


def test_a_film_without_frames_is_told(tmp_path):
    """No picture, no answer."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    with pytest.raises(VerifyError, match="no frames"):
        look(iter(()), open_authority(tmp_path / "home").mark_key)


def test_a_webm_says_where_its_credential_went(tmp_path):
    """Without its sidecar, with an empty one, and with that of another film; the mark is found all the same."""
    home = tmp_path / "home"
    mark_id = make(home, tmp_path / "clip.webm", write=webm.write)
    make(home, tmp_path / "other.webm", write=webm.write, seed=1)
    sidecar, told = tmp_path / "clip.c2pa", {}
    sidecar.unlink()
    for case, content in (("none", None), ("empty", b""), ("other", (tmp_path / "other.c2pa").read_bytes())):
        if content is not None:
            sidecar.write_bytes(content)
        told[case] = report_on(tmp_path / "clip.webm", home)

    assert {"none": "not_present", "empty": "invalid", "other": "invalid"} == {
        case: one.credential.state for case, one in told.items()
    }
    assert "none came with it" in told["none"].credential.words
    assert "was moved here from another file" in told["other"].words
    assert {mark_id} == {one.mark.mark_id for one in told.values()}


def test_a_sidecar_that_cannot_be_read_is_named(tmp_path):
    """Not the film, which can."""
    make(tmp_path / "home", tmp_path / "clip.webm", write=webm.write)
    (tmp_path / "clip.c2pa").unlink()
    (tmp_path / "clip.c2pa").mkdir()
    with pytest.raises(VerifyError, match=r"clip\.c2pa cannot be read: Is a directory"):
        report_on(tmp_path / "clip.webm", tmp_path / "home")


def test_a_single_picture_can_be_verified(tmp_path):
    """One frame of a clip, as a screenshot would be."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    frame = np.ascontiguousarray(next(video(tmp_path / "clip.mp4")))
    authority, register = open_authority(tmp_path / "home"), LocalRegister(tmp_path / "home")
    told = report(read_credential(tmp_path / "clip.mp4", authority), look([frame], authority.mark_key), register)
    assert "likely" == told.mark.confidence


class Counting:
    """A register whose renders look like nothing, and which counts how often it is searched."""

    searches = 0

    def __init__(self, *sizes):
        self.sizes = lambda: sizes

    def alike(self, words, *, within):
        self.searches += 1
        return ()


@pytest.mark.parametrize(("size", "searches"), [((320, 320), 1 + 4), ((256, 256), 1), ((1280, 720), 1), ((64, 64), 1)])
def test_a_part_is_laid_back_only_where_it_can_be_known_again(size, searches):
    """As it is, and at each tile it can begin in: one search each, through all renders, so not in frames far larger."""
    planes = tuple(np.random.default_rng(0).integers(0, 256, (1, 256, 256), dtype=np.uint8))
    detection = Detection(
        z=5.5, scale=(1.0, 1.0), offset=(0, 0), softs=np.ones((1, 64), np.float32), trials=1, frames=1
    )
    register = Counting(size)

    find_likeness(Seen(detection=detection, planes=planes, size=(256, 256)), register)

    assert searches == register.searches
