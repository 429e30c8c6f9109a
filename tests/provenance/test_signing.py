"""Who signs: the local authority, an operator's key of each kind, or a command that keeps the key to itself."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from cartoons import cartoon
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vitascope.errors import SealError
from vitascope.media import mp4
from vitascope.origin import verify_file
from vitascope.provenance.authority import open_authority, open_house, rotate
from vitascope.provenance.credential import read_credential
from vitascope.provenance.manifest import Claim
from vitascope.provenance.seal import seal
from vitascope.settings import settings
from vitascope.types import Marked

KEYS = {
    "es256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "es384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ps256": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}
CLAIM = Claim(title="clip", model="s", weights_sha256="ab", trained_on="cd", mark_id=1)


def name(common):
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Studio"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def chain_for(key, days=30, root_key=None):
    """A root and a leaf for ``key``, PEM, leaf first."""
    root_key, now = root_key or ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)

    def certificate(subject, public, is_root):
        usage = x509.KeyUsage(True, False, False, False, False, is_root, is_root, False, False)
        return (
            x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("root")).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=3650 if is_root else days))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        )  # fmt: skip

    emails = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    leaf = certificate("signer", key.public_key(), False).add_extension(emails, critical=False)
    root = certificate("root", root_key.public_key(), True)
    return b"".join(part.sign(root_key, hashes.SHA256()).public_bytes(Encoding.PEM) for part in (leaf, root))


def pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Writes files and names them in the settings."""

    def tell(**content):
        for setting, value in content.items():
            path = tmp_path / setting
            if isinstance(value, bytes):
                path.write_bytes(value)
            monkeypatch.setenv(f"VITASCOPE_{setting.upper()}", str(path) if isinstance(value, bytes) else value)
        settings.cache_clear()

    yield tell
    monkeypatch.undo()
    settings.cache_clear()


def sealed(folder, authority):
    path = folder / "clip.mp4"
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(2, 64, 64)), path, fps=8)
    return seal(path, CLAIM, authority).path


@pytest.mark.parametrize("kind", KEYS)
def test_an_operator_signs_with_their_own_certificate(tmp_path, told, kind):
    """Trusted here by the operator's root, and the words do not call it self-issued."""
    key = KEYS[kind]()
    told(signing_chain=chain_for(key), signing_key=pem(key))
    authority = open_authority(tmp_path / "home")

    credential = read_credential(sealed(tmp_path, authority), authority)

    assert (kind, False) == (authority.signer.algorithm, authority.is_self_issued)
    assert ("trusted", "Studio") == (credential.state, credential.issuer)
    assert "issuer Studio" in credential.words


def test_a_command_signs_and_keeps_the_key(tmp_path, told):
    """As a hardware module would: the bytes go in, DER comes out."""
    key = KEYS["es256"]()
    (tmp_path / "hidden.key").write_bytes(pem(key))
    (tmp_path / "sign.py").write_text(
        "import sys\n"
        "from cryptography.hazmat.primitives import hashes\n"
        "from cryptography.hazmat.primitives.asymmetric import ec\n"
        "from cryptography.hazmat.primitives.serialization import load_pem_private_key\n"
        "key = load_pem_private_key(open(sys.argv[1], 'rb').read(), None)\n"
        "sys.stdout.buffer.write(key.sign(sys.stdin.buffer.read(), ec.ECDSA(hashes.SHA256())))\n"
    )
    command = f"{sys.executable} {tmp_path / 'sign.py'} {tmp_path / 'hidden.key'}"
    told(signing_chain=chain_for(key), signing_command=command)
    authority = open_authority(tmp_path / "home")

    assert "trusted" == read_credential(sealed(tmp_path, authority), authority).state


def test_a_command_that_fails_leaves_the_file_unsealed(tmp_path, told):
    """No signature, no seal."""
    told(signing_chain=chain_for(KEYS["es256"]()), signing_command="false")
    authority = open_authority(tmp_path / "home")

    with pytest.raises(SealError):
        sealed(tmp_path, authority)


def test_an_expired_certificate_is_not_called_a_changed_file(tmp_path, told):
    """Invalid, as specified where no time stamp helps; the words say why, and a flipped byte is told apart."""
    key = KEYS["es256"]()
    told(signing_chain=chain_for(key, days=5 / 86_400), signing_key=pem(key))
    authority = open_authority(tmp_path / "home")
    path = sealed(tmp_path, authority)
    time.sleep(max(0.0, (authority.signer.expires - datetime.now(UTC)).total_seconds()) + 1)

    expired = read_credential(path, authority)
    path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1]))
    changed = read_credential(path, authority)

    assert ("invalid", "invalid") == (expired.state, changed.state)
    assert expired.words.startswith("intact, signed by Studio, whose certificate has expired")
    assert "was changed after signing" in changed.words


@pytest.mark.parametrize("damage", ["expired", "garbage", "missing"])
def test_a_house_that_cannot_sign_still_verifies_and_gets_a_new_key(tmp_path, damage):
    """What was signed stays trusted, nothing new is, and `keys rotate` mends it, as the sentence says."""
    home, key = tmp_path / "home", KEYS["es256"]()
    path = sealed(tmp_path, open_authority(home))
    signer = home / "authority" / "signer.pem"
    signer.unlink()
    if damage != "missing":
        signer.write_bytes(pem(key) + chain_for(key, days=-1) if damage == "expired" else b"garbage")

    assert "trusted" == read_credential(path, open_house(home)).state
    assert "trusted" == verify_file(path, home=home).credential.state
    with pytest.raises(SealError, match="expired on" if damage == "expired" else "Nothing|nothing"):
        open_authority(home)

    assert "trusted" == read_credential(sealed(tmp_path, rotate(home)), open_house(home)).state


@pytest.mark.parametrize("days", [30, -1])
def test_an_operators_file_is_known_before_anything_is_signed_here(tmp_path, told, days):
    """A desk never signs: the root of the chain it is told counts, whether the leaf has expired or not."""
    key = KEYS["es256"]()
    told(signing_chain=chain_for(key, days=days), signing_key=pem(key))

    assert (
        x509.load_pem_x509_certificates((tmp_path / "signing_chain").read_bytes())[-1].public_bytes(Encoding.PEM)
        in open_house(tmp_path / "home").anchors
    )


def test_what_an_operator_signed_is_known_after_they_are_gone(tmp_path, told, monkeypatch):
    """Their certificate stays known when the house signs by itself again."""
    key = KEYS["es256"]()
    told(signing_chain=chain_for(key), signing_key=pem(key))
    path = sealed(tmp_path, open_authority(tmp_path / "home"))
    monkeypatch.delenv("VITASCOPE_SIGNING_CHAIN")
    monkeypatch.delenv("VITASCOPE_SIGNING_KEY")
    settings.cache_clear()

    assert "trusted" == read_credential(path, open_authority(tmp_path / "home")).state


def test_an_operators_earlier_certificate_stays_known(tmp_path, told):
    """After one or two changes, under the same root or another, each file is told by the certificate that signed it."""
    home, root_key, paths = tmp_path / "home", KEYS["es256"](), []
    for number, root in enumerate((root_key, root_key, KEYS["es256"]())):
        key = KEYS["es256"]()
        told(signing_chain=chain_for(key, days=30 + number, root_key=root), signing_key=pem(key))
        (tmp_path / f"{number}").mkdir()
        paths.append(sealed(tmp_path / f"{number}", open_authority(home)))

    found = [read_credential(path, open_house(home)) for path in paths]

    until = [datetime.now(UTC) + timedelta(days=30 + number) for number in range(3)]
    assert ["trusted"] * 3 == [one.state for one in found]
    assert [f"good until {day:%Y-%m-%d}" in one.words for day, one in zip(until, found, strict=True)] == [True] * 3


def test_what_the_house_signed_is_known_by_its_root_alone(tmp_path):
    """A copy of the keys from before certificates were kept: trusted, and nothing is said of dates nobody knows."""
    path = sealed(tmp_path, open_authority(tmp_path / "home"))
    (tmp_path / "home" / "authority" / "signed.pem").unlink()

    credential = read_credential(path, open_house(tmp_path / "home"))

    assert ("trusted", "intact and signed by this house (valid; issuer unknown to the public lists)") == (
        credential.state,
        credential.words,
    )


def test_a_desk_keeps_the_certificates_it_was_told(tmp_path, told):
    """It signs nothing, and its workers may be elsewhere: it knows their files after the certificate has changed."""
    first, second, root_key = KEYS["es256"](), KEYS["es256"](), KEYS["es256"]()
    told(signing_chain=chain_for(first, root_key=root_key), signing_key=pem(first))
    path = sealed(tmp_path, open_authority(tmp_path / "worker"))
    open_house(tmp_path / "desk")
    told(signing_chain=chain_for(second, root_key=root_key), signing_key=pem(second))

    assert "trusted" == read_credential(path, open_house(tmp_path / "desk")).state


def test_another_customer_of_the_operators_company_is_not_this_house(tmp_path, told):
    """A root that signs for many makes nobody else this house: what they signed is intact, and theirs."""
    key, other, root_key = KEYS["es256"](), KEYS["es256"](), KEYS["es256"]()
    told(signing_chain=chain_for(other, root_key=root_key), signing_key=pem(other))
    path = sealed(tmp_path, open_authority(tmp_path / "elsewhere"))
    told(signing_chain=chain_for(key, root_key=root_key), signing_key=pem(key))
    open_authority(tmp_path / "home")

    credential = read_credential(path, open_house(tmp_path / "home"))

    assert "valid" == credential.state
    assert "which this house does not know" in credential.words
    assert not verify_file(path, home=tmp_path / "home").made_here


def test_a_seal_is_told_by_its_own_certificate_not_by_todays(tmp_path, told, monkeypatch):
    """What the house signed by itself is on no public list when an operator signs, and the other way round."""
    home, key = tmp_path / "home", KEYS["es256"]()
    (tmp_path / "by_itself").mkdir()
    own = sealed(tmp_path / "by_itself", open_authority(home))
    told(signing_chain=chain_for(key), signing_key=pem(key))
    theirs = sealed(tmp_path, open_authority(home))

    with_operator = read_credential(own, open_house(home)).words
    monkeypatch.delenv("VITASCOPE_SIGNING_CHAIN")
    monkeypatch.delenv("VITASCOPE_SIGNING_KEY")
    settings.cache_clear()
    without = read_credential(theirs, open_house(home)).words

    assert "issuer unknown to the public lists; certificate of" in with_operator
    assert "issuer Studio; certificate of" in without


@pytest.mark.parametrize("with_root", [False, True])
def test_rotation_keeps_old_files_known(tmp_path, with_root):
    """A new key signs, the old one is gone, files of both are trusted, and the mark key is the same."""
    before = open_authority(tmp_path / "home")
    path = sealed(tmp_path, before)

    after = rotate(tmp_path / "home", with_root=with_root)

    assert before.signer.chain != after.signer.chain
    assert before.mark_key == after.mark_key
    assert "trusted" == read_credential(path, after).state
    assert "trusted" == read_credential(sealed(tmp_path, after), after).state


def test_what_does_not_fit_is_told(tmp_path, told):
    """One sentence each: expired, wrong key, password, no certificate, half of the settings, a missing file."""
    key, other = KEYS["es256"](), KEYS["es256"]()
    locked = pem(key, BestAvailableEncryption(b"x"))
    cases = [
        ({"signing_chain": chain_for(key, days=-1), "signing_key": pem(key)}, "expired on"),
        ({"signing_chain": chain_for(other), "signing_key": pem(key)}, "not the one its certificate"),
        ({"signing_chain": chain_for(key), "signing_key": locked}, "has a password"),
        ({"signing_chain": b"nothing", "signing_key": pem(key)}, "no certificate"),
        ({"signing_chain": chain_for(key), "signing_key": b"nothing"}, "no private key"),
        ({"signing_chain": chain_for(key), "signing_key": "/nowhere/key"}, "cannot be read"),
        ({"signing_chain": "", "signing_key": pem(key)}, "no certificate: set VITASCOPE_SIGNING_CHAIN"),
    ]
    for content, words in cases:
        told(**content)
        with pytest.raises(SealError, match=words):
            open_authority(tmp_path / "home")
