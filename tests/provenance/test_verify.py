"""Where a file comes from: both layers, alone and together."""

import av
import numpy as np
import pytest
from cartoons import cartoon

from vitascope.errors import VerifyError
from vitascope.media import mp4, webm
from vitascope.media.film import Film, write_film
from vitascope.media.read import video
from vitascope.provenance.authority import open_authority
from vitascope.provenance.mark import mark
from vitascope.provenance.register import record, take_id
from vitascope.provenance.seal import Claim, seal
from vitascope.provenance.verify import verify
from vitascope.types import Marked


def make(home, path, *, write=mp4.write, seed=0):
    """A clip as the pipeline makes it; returns its mark."""
    authority, mark_id = open_authority(home), take_id(home)
    write(mark(cartoon(9, 96, 96, seed), mark_id, authority.mark_key), path, fps=8)
    claim = Claim(title="clip", model="xs", weights_sha256="ab", trained_on="cd", mark_id=mark_id)
    sealed = seal(path, claim, authority)
    record(home, mark_id=mark_id, model="xs", manifest_sha256=sealed.manifest_sha256, frames_sha256="ef")
    return mark_id


def encoded_again(path, to):
    film = Film(container="mp4", container_options={}, codec="libx264", codec_options={"crf": "26"})
    write_film((Marked(frame=frame, mark_id=0) for frame in video(path)), to, fps=8, film=film)
    return to


def report_on(path, home):
    return verify(path, video(path), home=home)


@pytest.mark.parametrize(("write", "name"), [(mp4.write, "clip.mp4"), (webm.write, "clip.webm")])
def test_a_clip_of_this_house_says_so_twice(tmp_path, write, name):
    """Credential and mark name the same render."""
    mark_id = make(tmp_path / "home", tmp_path / name, write=write)
    report = report_on(tmp_path / name, tmp_path / "home")
    assert (True, "Trusted", "likely") == (report.made_here, report.credential.state, report.mark.outcome)
    assert (mark_id, mark_id, "xs") == (report.credential.mark_id, report.mark.mark_id, report.model)
    assert "both say so" in report.words


def test_a_re_encoded_clip_is_known_by_its_mark(tmp_path):
    """The credential is gone, the answer is "likely" with its chance, and the model comes from the register."""
    mark_id = make(tmp_path / "home", tmp_path / "clip.mp4")
    report = report_on(encoded_again(tmp_path / "clip.mp4", tmp_path / "copy.mp4"), tmp_path / "home")
    assert (True, "absent", "likely") == (report.made_here, report.credential.state, report.mark.outcome)
    assert (mark_id, "xs") == (report.mark.mark_id, report.model)
    assert report.mark.p <= 1e-3
    assert "likely" in report.words


def test_a_changed_file_is_invalid_and_still_known(tmp_path):
    """One bit of one picture flipped: the credential breaks, the mark does not."""
    path = tmp_path / "clip.mp4"
    make(tmp_path / "home", path)
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    report = report_on(path, tmp_path / "home")
    assert ("Invalid", "likely", True) == (report.credential.state, report.mark.outcome, report.made_here)


def test_a_file_from_elsewhere_is_not_ours(tmp_path):
    """Another house's clip is valid there, unknown here, and its mark is not seen."""
    make(tmp_path / "other", tmp_path / "clip.mp4")
    make(tmp_path / "home", tmp_path / "ours.mp4")
    report = report_on(tmp_path / "clip.mp4", tmp_path / "home")
    assert (False, "Valid", "none") == (report.made_here, report.credential.state, report.mark.outcome)


def test_a_plain_clip_is_not_ours(tmp_path):
    """Nothing found is said as nothing found."""
    make(tmp_path / "home", tmp_path / "ours.mp4")
    plain = tmp_path / "plain.mp4"
    mp4.write((Marked(frame=frame, mark_id=0) for frame in cartoon(9, 96, 96)), plain, fps=8)
    report = report_on(plain, tmp_path / "home")
    assert (False, "absent", "none", "") == (
        report.made_here,
        report.credential.state,
        report.mark.outcome,
        report.model,
    )


def test_a_mark_the_register_lost_is_no_proof(tmp_path):
    """The key is ours, the id is not on record: said, and not counted as made here."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    (tmp_path / "home" / "register.jsonl").unlink()
    report = report_on(encoded_again(tmp_path / "clip.mp4", tmp_path / "copy.mp4"), tmp_path / "home")
    assert (False, "likely", None) == (report.made_here, report.mark.outcome, report.mark.mark_id)
    assert "no render of the register" in report.mark.words


def test_two_layers_that_disagree_are_told(tmp_path):
    """The pictures of one render under the credential of another."""
    home = tmp_path / "home"
    make(home, tmp_path / "one.mp4")
    make(home, tmp_path / "two.mp4", seed=1)
    report = verify(tmp_path / "one.mp4", video(tmp_path / "two.mp4"), home=home)
    assert "different renders" in report.words


def test_a_remuxed_file_has_lost_its_credential_only(tmp_path):
    """Copying the stream into a new container drops C2PA without touching a pixel."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as source, av.open(str(tmp_path / "copy.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    report = report_on(tmp_path / "copy.mp4", tmp_path / "home")
    assert ("absent", True) == (report.credential.state, report.made_here)


@pytest.mark.parametrize("content", [b"", b"once upon a time", b"\x00" * 5000])
def test_what_is_no_media_is_refused(tmp_path, content):
    """One sentence that names the file."""
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(VerifyError, match=r"clip\.mp4"):
        report_on(tmp_path / "clip.mp4", tmp_path / "home")


def test_a_missing_file_is_told(tmp_path):
    """Before anything is searched."""
    with pytest.raises(VerifyError, match="No such file"):
        report_on(tmp_path / "clip.mp4", tmp_path / "home")


def test_a_film_without_frames_is_told(tmp_path):
    """No picture, no answer."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    with pytest.raises(VerifyError, match="no frames"):
        verify(tmp_path / "clip.mp4", iter(()), home=tmp_path / "home")


def test_a_single_picture_can_be_verified(tmp_path):
    """One frame of a clip, as a screenshot would be."""
    make(tmp_path / "home", tmp_path / "clip.mp4")
    frame = np.ascontiguousarray(next(video(tmp_path / "clip.mp4")))
    report = verify(tmp_path / "clip.mp4", [frame], home=tmp_path / "home")
    assert "likely" == report.mark.outcome
