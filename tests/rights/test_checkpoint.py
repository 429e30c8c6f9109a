"""Checkpoints: the exact text others read, keys that name themselves, and notes nobody can change."""

import base64
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from vitascope.errors import LogError
from vitascope.rights.checkpoint import Checkpoint, Signer, read_verifier, signer_at
from vitascope.rights.merkle import EMPTY_ROOT

ORIGIN = "vitascope.example/log"
SIGNER = Signer(origin=ORIGIN, key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
EMPTY = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)

# The example in the documentation of Go's sumdb note, from which signed-note took its form.
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
EXAMPLE_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


def test_key_hash_and_signature_are_those_of_the_published_example():
    """Our reading of the format agrees with a key and a signature made by its authors."""
    verifier = read_verifier(EXAMPLE_KEY)
    raw = base64.b64decode(EXAMPLE_SIGNATURE)

    assert EXAMPLE_KEY == verifier.text
    assert verifier.key_hash == raw[:4]
    verifier.key.verify(raw[4:], EXAMPLE_TEXT.encode())


def test_a_checkpoint_is_three_lines_a_blank_and_a_signature():
    """Origin, size in decimal, root in base64; then the dash, the name and the signature."""
    lines = SIGNER.sign(EMPTY).split("\n")

    assert [ORIGIN, "0", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", ""] == lines[:4]
    assert lines[4].startswith(f"\u2014 {ORIGIN} ")
    assert [""] == lines[5:]


@given(size=st.integers(0, 2**60), root=st.binary(min_size=32, max_size=32))
def test_what_is_signed_can_be_read(size, root):
    """Signing and reading give the checkpoint back, also with the key from its text."""
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root)

    assert checkpoint == read_verifier(SIGNER.verifier.text).read(SIGNER.sign(checkpoint))


@given(place=st.integers(0, 10_000), letter=st.sampled_from("0aZ+\n "))
def test_a_changed_note_is_refused_or_says_the_same(place, letter):
    """One letter changed anywhere never yields another checkpoint."""
    note = SIGNER.sign(EMPTY)
    place %= len(note)
    try:
        read = SIGNER.verifier.read(note[:place] + letter + note[place + 1 :])
    except LogError:
        return
    assert EMPTY == read


def test_cosignatures_of_others_do_not_disturb():
    """Auditors add lines; ours must be there all the same, and theirs alone is not enough."""
    auditor = Signer(origin="auditor.example", key=Ed25519PrivateKey.generate())
    ours = SIGNER.sign(EMPTY)
    theirs = f"\u2014 auditor.example {base64.b64encode(bytes(76)).decode()}\n"

    assert EMPTY == SIGNER.verifier.read(ours + theirs)
    with pytest.raises(LogError, match="not signed by"):
        SIGNER.verifier.read(f"{EMPTY.text}\n{theirs}")
    with pytest.raises(LogError, match="not signed by"):
        SIGNER.verifier.read(auditor.sign(EMPTY))


@pytest.mark.parametrize(
    "text", [f"{ORIGIN}\n07\n{base64.b64encode(EMPTY_ROOT).decode()}\n", f"{ORIGIN}\n1\n\n", "x\n"]
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text):
    """A right signature under the wrong thing: a size with a leading zero, no root, nothing at all."""
    raw = SIGNER.verifier.key_hash + SIGNER.key.sign(text.encode())

    with pytest.raises(LogError):
        SIGNER.verifier.read(f"{text}\n\u2014 {ORIGIN} {base64.b64encode(raw).decode()}\n")


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "tab\there"])
def test_a_name_the_format_cannot_carry_is_refused(origin):
    """Spaces and plus signs separate; an empty name names nothing."""
    with pytest.raises(LogError):
        Signer(origin=origin, key=SIGNER.key)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", EXAMPLE_KEY.replace("c74f", "c74e")])
def test_a_key_text_that_does_not_fit_itself_is_refused(text):
    """Cut short, or with a hash that is not its own."""
    with pytest.raises(LogError):
        read_verifier(text)


def test_the_key_is_made_once_and_kept_private(tmp_path):
    """The second start finds the first key; nobody else may read it; damage is not papered over by a new key."""
    path = tmp_path / "keys" / "log.pem"

    first = signer_at(path, origin=ORIGIN)

    assert first.verifier.text == signer_at(path, origin=ORIGIN).verifier.text
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(path.parent.iterdir())
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(LogError, match=r"log\.pem"):
        signer_at(path, origin=ORIGIN)
