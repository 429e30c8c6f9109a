"""The seal: what a file states about itself, and that no change to it goes unseen."""

import hashlib
import json
import resource
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import av
import c2pa
import numpy as np
import pytest
from cartoons import cartoon

from vitascope.errors import SealError
from vitascope.media import gif, mp4, webm
from vitascope.media.sheets import png_bytes
from vitascope.provenance.authority import open_authority
from vitascope.provenance.credential import read_credential
from vitascope.provenance.manifest import RELEASE, Claim
from vitascope.provenance.seal import seal, sidecar_of
from vitascope.types import Marked, Source

WRITERS = {"mp4": mp4.write, "webm": webm.write, "gif": gif.write}
CONTAINERS = pytest.mark.parametrize("suffix", WRITERS)
CLAIM = Claim(
    title="clip", model="s", weights_sha256="ab" * 32, trained_on="cd" * 32, mark_id=2**63 + 5, credits=("Ada", "Bo")
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return open_authority(tmp_path_factory.mktemp("home"))


def clip(folder, suffix="mp4"):
    path = folder / f"clip.{suffix}"
    WRITERS[suffix]((Marked(frame=frame, mark_id=1) for frame in cartoon(3, 64, 64)), path, fps=8)
    return path


def manifest_of(path):
    with c2pa.Reader(str(path)) as reader:
        store = json.loads(reader.json())
    return store["manifests"][store["active_manifest"]]


@contextmanager
def room_for(num_bytes):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@CONTAINERS
def test_a_sealed_file_is_trusted_by_its_own_house(tmp_path, authority, suffix):
    """And tells model, credits and mark again."""
    sealed = seal(clip(tmp_path, suffix), CLAIM, authority)
    credential = read_credential(sealed.path, authority)
    assert "trusted" == credential.state
    assert ("s", ("Ada", "Bo"), CLAIM.mark_id) == (credential.model, credential.credits, credential.mark_id)


@CONTAINERS
def test_another_house_finds_it_valid_but_does_not_know_the_signer(tmp_path, authority, suffix):
    """Self-issued: nobody is told more than is true."""
    sealed = seal(clip(tmp_path, suffix), CLAIM, authority)
    credential = read_credential(sealed.path, open_authority(tmp_path / "other"))
    assert "valid" == credential.state
    assert ("signingCredential.untrusted",) == credential.problems


@CONTAINERS
def test_one_flipped_bit_in_the_pictures_is_seen(tmp_path, authority, suffix):
    """Twenty places all over the media, each alone."""
    path = clip(tmp_path, suffix)
    half = path.stat().st_size // 2  # behind the manifest, which lies near the front
    content = seal(path, CLAIM, authority).path.read_bytes()
    for place in np.linspace(len(content) - half, len(content) - 2, 20).astype(int):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert "invalid" == read_credential(path, authority).state


def test_a_file_without_a_seal_has_none(tmp_path, authority):
    """Absent is no accusation."""
    assert "not_present" == read_credential(clip(tmp_path), authority).state


def test_a_sealed_mp4_still_starts_fast_and_plays(tmp_path, authority):
    """Moov before mdat, and every frame decodes: offsets moved with the manifest."""
    sealed = seal(clip(tmp_path), CLAIM, authority)
    content = sealed.path.read_bytes()
    assert content.find(b"moov") < content.rfind(b"mdat")
    with av.open(str(sealed.path)) as container:
        assert 3 == len(list(container.decode(video=0)))


def test_what_the_manifest_states(tmp_path, authority):
    """Made by a model, by which, and not to be trained on."""
    manifest = manifest_of(seal(clip(tmp_path), CLAIM, authority).path)
    assertions = {assertion["label"]: assertion["data"] for assertion in manifest["assertions"]}
    (action,) = assertions["c2pa.actions.v2"]["actions"]
    assert "c2pa.created" == action["action"]
    assert action["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert {"name": "Vitascope s", "version": "ab" * 6} == action["softwareAgent"]
    assert ("ab" * 32, "cd" * 32) == tuple(action["parameters"][f"org.vitascope.{of}"] for of in ("weights", "dataset"))
    assert {"model": "s", "weights_sha256": "ab" * 32, "credits": ["Ada", "Bo"], "sources": []} == assertions[RELEASE]
    assert {"notAllowed"} == {entry["use"] for entry in assertions["cawg.training-mining"]["entries"].values()}
    assert "org.vitascope.trace.1" == assertions["c2pa.soft-binding"]["alg"]


def test_it_says_when_it_was_made(tmp_path, authority):
    """A clip of now, and one made from another: by the clock of the house, in UTC."""
    path = clip(tmp_path)
    parent = Source(content=path.read_bytes(), media_type="video/mp4", role="parent")
    began = datetime.now(UTC).replace(microsecond=0)

    for claim in (CLAIM, replace(CLAIM, sources=(parent,), change="remixed")):
        told = read_credential(seal(path, claim, authority, to=tmp_path / "done.mp4").path, authority)

        assert "trusted" == told.state
        assert began <= datetime.fromisoformat(told.generated_at) <= datetime.now(UTC)
        assert told.generated_at.endswith("+00:00")


def test_a_first_frame_is_named_as_input(tmp_path, authority):
    """Image to video: the picture is an ingredient of the created action."""
    png = png_bytes(cartoon(1, 64, 64)[0])
    given = replace(CLAIM, sources=(Source(content=png, media_type="image/png", role="first-frame"),))
    sealed = seal(clip(tmp_path), given, authority)
    manifest = manifest_of(sealed.path)
    (ingredient,) = manifest["ingredients"]
    assert ("inputTo", "image/png") == (ingredient["relationship"], ingredient["format"])
    release = next(entry for entry in manifest["assertions"] if entry["label"] == RELEASE)
    assert [{"role": "first-frame", "sha256": hashlib.sha256(png).hexdigest()}] == release["data"]["sources"]
    actions = next(entry for entry in manifest["assertions"] if entry["label"] == "c2pa.actions.v2")
    assert 1 == len(actions["data"]["actions"][0]["parameters"]["ingredients"])
    assert "trusted" == read_credential(sealed.path, authority).state


def test_a_webm_carries_its_manifest_beside_it(tmp_path, authority):
    """The film itself stays byte for byte; without the sidecar nothing is claimed."""
    path = clip(tmp_path, "webm")
    before = path.read_bytes()
    sealed = seal(path, CLAIM, authority)
    assert before == path.read_bytes()
    assert tmp_path / "clip.c2pa" == sealed.sidecar == sidecar_of(path)
    sealed.sidecar.unlink()
    assert "not_present" == read_credential(path, authority).state


@CONTAINERS
def test_the_signed_copy_appears_where_it_is_wanted(tmp_path, authority, suffix):
    """The draft stays, the sidecar goes with the signed one."""
    (tmp_path / "out").mkdir()
    path = clip(tmp_path, suffix)
    before = path.read_bytes()
    sealed = seal(path, CLAIM, authority, to=tmp_path / "out" / f"done.{suffix}")
    assert before == path.read_bytes()
    assert tmp_path / "out" / f"done.{suffix}" == sealed.path
    assert ("webm" == suffix) == (sealed.sidecar is not None)
    assert "trusted" == read_credential(sealed.path, authority).state


@CONTAINERS
def test_a_full_disk_leaves_the_file_as_it_was(tmp_path, authority, suffix):
    """No half file, no sidecar, one sentence."""
    path = clip(tmp_path, suffix)
    before = path.read_bytes()
    with room_for(1000), pytest.raises(SealError, match=rf"clip\.{suffix} could not be sealed"):
        seal(path, CLAIM, authority)
    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_told(tmp_path, authority):
    """The reason stands in the sentence."""
    with pytest.raises(SealError, match="No such file or directory"):
        seal(clip(tmp_path), CLAIM, authority, to=tmp_path / "nowhere" / "clip.mp4")


def test_an_unusable_key_is_told(tmp_path, authority):
    """A damaged key signs nothing and leaves the file unsealed."""
    (tmp_path / "home").mkdir()
    open_authority(tmp_path / "home")
    (tmp_path / "home" / "authority" / "signer.pem").write_bytes(b"no key")
    path = clip(tmp_path)
    with pytest.raises(SealError, match="holds no private key"):
        seal(path, CLAIM, open_authority(tmp_path / "home"))
    assert "not_present" == read_credential(path, authority).state


def test_an_unknown_container_is_told(tmp_path, authority):
    """A format nobody can seal is not sealed by guess."""
    (tmp_path / "clip.avi").write_bytes(b"RIFF")
    with pytest.raises(SealError, match=r"\.avi file cannot be sealed"):
        seal(tmp_path / "clip.avi", CLAIM, authority)


def test_the_manifest_hash_is_of_the_manifest(tmp_path, authority):
    """Two seals of one file differ: each has its own id and time."""
    path = clip(tmp_path)
    one = seal(path, CLAIM, authority, to=tmp_path / "one.mp4")
    other = seal(path, CLAIM, authority, to=tmp_path / "other.mp4")
    assert 64 == len(one.seal.manifest_sha256)
    assert one.seal.manifest_sha256 != other.seal.manifest_sha256
