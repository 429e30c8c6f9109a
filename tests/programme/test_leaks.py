"""The leak watch: the leak of 2024 is caught, honest members are left alone, and everybody is told why."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from houses import NOW, SECRETS, new_key

from tests.programme.members import Leaves
from vitascope.bench.artists import Town, days_of, draw_artist
from vitascope.bench.leaks import Leak, honest, replay, settled
from vitascope.errors import AlertError, GrantError, OwnCaseError, RefusedError, ScanError
from vitascope.programme.access import gate, holds, repository, watch
from vitascope.programme.access.watch import Asked
from vitascope.programme.aggregates import aggregates
from vitascope.programme.credential import draw
from vitascope.programme.door import Knock
from vitascope.programme.leaks import repository as told
from vitascope.programme.leaks.alerts import Alert, known_scanners, read_alerts
from vitascope.programme.leaks.habits import Habits, observe
from vitascope.programme.leaks.ladder import WATCHER, automatic_hold, require_may_place, verdict
from vitascope.programme.leaks.scan import find_keys, scan
from vitascope.programme.leaks.score import ALL_SIGNALS, Part, Score, Signal, score
from vitascope.programme.leaks.sighting import Origin, Sighting, manner_of, minhash
from vitascope.rights.hold import Hold, Level, Reach, Selector

AT = datetime.fromtimestamp(NOW, UTC)


@pytest.fixture(scope="module")
def member():
    """A member after two weeks."""
    return settled(2)


@pytest.mark.parametrize("render", [15.0, 60.0, 180.0])
def test_the_leak_of_2024_is_caught(member, render):
    """Within ten simulated minutes and forty renders the leaked key is slowed or steps up."""
    caught = replay(member, Leak(render=render, hours=1.0), 2)

    assert caught.minutes is not None
    assert caught.minutes <= 10
    assert caught.renders <= 40


def test_no_count_of_networks_is_needed(member):
    """The leak came from one address; it is caught with the fan-out of networks switched off."""
    signals = frozenset(Signal) - {Signal.FAN_OUT}

    assert replay(member, Leak(hours=1.0), 2, signals=signals).minutes <= 10


@pytest.mark.parametrize("off", [Signal.PROMPTS, Signal.ORIGIN, Signal.CLIENT, Signal.REGULARITY, Signal.SATURATION])
def test_no_signal_alone_is_needed(off):
    """Without what is written, or where it comes from, the leak is caught all the same, by what began with it."""
    caught = replay(settled(1), Leak(hours=1.0), 1, signals=frozenset(Signal) - {off})

    assert caught.minutes is not None
    assert caught.minutes <= 10
    assert caught.renders <= 40


def _seen(number, *, network="home", beat=2.0, in_flight=0, at=None):
    prompt = f"a parrot of number{number % 7} flies"
    return Sighting(
        at=at if at is not None else (24 * (number // 8) + 9 + number % 8) * 3600.0,
        minhash=minhash(prompt, b"p" * 32),
        manner=manner_of(prompt),
        origin=Origin(network=network, client=network),
        in_flight=in_flight,
        limit=4,
        polls=(beat,) * 24,
    )


def _worked(num_hours=8 * 10):
    """Ten days of eight hours, a creation in each, at home, with a program that looks every two seconds."""
    known = Habits()
    for number in range(num_hours):
        known = observe(known, _seen(number))
    return known


def test_another_beat_of_the_polls_is_seen():
    """Who always polled by a program is no alibi for a page that polls by another."""
    known = _worked()
    same, other = (score(observe(known, _seen(80, beat=beat)), frozenset({Signal.REGULARITY})) for beat in (2.1, 5.0))

    assert same.points < 1
    assert other.points == 8


@pytest.mark.parametrize(
    ("length", "signals", "is_throttled"),
    [
        (6, ALL_SIGNALS - {Signal.PROMPTS}, False),
        (40, ALL_SIGNALS - {Signal.PROMPTS}, True),
        (40, ALL_SIGNALS, False),
    ],
    ids=["it may be a batch", "it is none, whoever writes", "it is one, by the owner's own words"],
)
def test_a_new_place_without_a_free_moment_is_an_arrival(length, signals, is_throttled):
    """From another place, by another program, with another beat: a batch of fifty in one's own words is let through."""
    known = _worked()
    for number in range(length):
        seen = _seen(number, network="page", beat=5.0, in_flight=min(number, 3), at=249 * 3600.0 + 15 * number)
        known = observe(known, seen)

    assert is_throttled == (score(known, signals).level >= Level.THROTTLE)


def test_habits_of_an_older_house_are_read():
    """What it did not keep yet is not there yet."""
    kept = json.loads(_worked(30).to_text())
    for name in ("beats", "full_run"):
        del kept[name]

    assert ({}, 0) == ((found := Habits.from_text(json.dumps(kept))).beats, found.full_run)


def test_honest_members_are_left_alone():
    """Of a few honest members over ten days nobody goes above watch."""
    assert [] == [judged.words for judged in honest(4, 10, 5) if judged.level > Level.WATCH]


def test_habits_keep_no_word_and_survive_the_database():
    """What is stored reads back equal, and holds neither the prompt nor its words."""
    import numpy as np

    rng, town, known = np.random.default_rng(1), Town(), Habits()
    for seen in days_of(rng, draw_artist(rng, town, "m"), town, num_days=3):
        known = observe(known, seen)

    assert known == Habits.from_text(known.to_text())
    assert minhash("a red fox", b"p" * 32) != minhash("a red fox", b"q" * 32)
    assert "fox" not in manner_of("A red fox, running.")


def _enter(tx, made, *asked, log=None):
    knock = Knock(credential=made.credential, scope="video.create", jobs=1, seconds=4.0)
    return gate.enter(tx, knock, secrets=SECRETS, log=log or Leaves(), now=NOW, asked=asked)


_ASKED = Asked(prompt="a parrot", network="192.0.2.0/24", client="sdk")


def test_a_canary_stops_whoever_uses_it(database):
    """The first use of a planted key holds it at no-create; the second is refused."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        watch.plant(tx, log, made.key.id, by="sally", now=AT)
        _enter(tx, made, _ASKED, log=log)
        with pytest.raises(RefusedError, match="planted to be found"):
            _enter(tx, made, _ASKED, log=log)
    assert "hold.placed" in log.kinds()


def test_the_member_is_told_and_answers_for_themselves(database):
    """A held key leaves a notice with the reason; its owner's "this is me" lifts the hold, another's does not."""
    made, log = new_key(database), Leaves()
    with database.transaction() as tx:
        _enter(tx, made, _ASKED)
        hold = Hold(
            id="hold_1", selector=Selector(reach=Reach.KEY, id=made.key.id), level=Level.STEP_UP,
            reason="Nine manners of writing.", placed_by="watch", placed=AT, until=AT.replace(year=AT.year + 1),
        )  # fmt: skip
        holds.enter(tx, log, hold)
        told.add_notice(tx, watch._notice(made.key.party, hold, AT))
        (notice,) = told.notices(tx, made.key.party)
        assert "Nine manners" in notice.words
        with pytest.raises(OwnCaseError):
            watch.answer(tx, log, "ben", notice.id, said="me", now=AT)
        watch.answer(tx, log, made.key.party, notice.id, said="me", now=AT)

        assert _enter(tx, made).decision.allow
        with pytest.raises(OwnCaseError):
            watch.answer(tx, log, made.key.party, notice.id, said="me", now=AT)


def test_a_machine_holds_one_key_and_kills_none():
    """The watch may not place a wide hold, nor a dead key."""
    wide = Hold(
        id="h", selector=Selector(reach=Reach.ALL), level=Level.WATCH, reason="r", placed_by="watch", placed=AT,
        until=AT.replace(year=AT.year + 1),
    )  # fmt: skip
    with pytest.raises(GrantError, match="Only a person"):
        require_may_place(wide)


def _signed(body, key):
    return base64.b64encode(key.sign(body, ec.ECDSA(SHA256()))).decode()


def test_an_alert_counts_only_when_signed(tmp_path):
    """The signature is over the raw bytes; another key, another body or an unknown scanner is refused."""
    key, text = ec.generate_private_key(ec.SECP256R1()), draw().text
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    body = json.dumps([{"token": text, "type": "t", "url": "https://example.org/x", "source": "content"}]).encode()
    good = {"signed_by": "k1", "signature": _signed(body, key), "known": {"k1": pem}}

    (alert,) = read_alerts(body, **good)

    assert alert.key == find_keys(text)[0]
    other = ec.generate_private_key(ec.SECP256R1())
    for bad in ({"signature": _signed(body, other)}, {"signed_by": "k2"}, {"signature": "!"}):
        with pytest.raises(AlertError):
            read_alerts(body, **(good | bad))
    with pytest.raises(AlertError):
        read_alerts(body + b" ", **good)
    assert {} == known_scanners(tmp_path / "none.json")


def test_a_published_key_is_held_and_others_are_not(database):
    """An alert holds the key it names at no-create; an unknown one is passed over."""
    ana, ben = new_key(database), new_key(database, name="Ben")
    with database.transaction() as tx:
        alerts = [
            Alert(key=ana.key.id, url="https://example.org", source="content"),
            Alert(key="none", url="", source=""),
        ]
        assert 1 == len(watch.take_alerts(tx, Leaves(), alerts, now=AT))
        with pytest.raises(RefusedError, match="found published"):
            _enter(tx, ana)
        assert _enter(tx, ben).decision.allow
        assert 1 == len(repository.standing_holds(tx, AT))


def test_scan_finds_keys_by_checksum(tmp_path):
    """A key is found by file and line, also across the pieces that files are read in; a look-alike is not."""
    key = draw()
    (tmp_path / "env").write_text(f"a=1\nKEY={key.text}\nFAKE={key.text[:-1]}{'0' if key.text[-1] != '0' else '1'}\n")
    (tmp_path / "big").write_bytes(b"\n" * ((1 << 20) - 20) + key.text.encode() + b"\n")

    found = {(finding.path.name, finding.line, finding.key) for finding in scan(tmp_path)}

    assert {("env", 2, key.id), ("big", (1 << 20) - 19, key.id)} == found
    with pytest.raises(ScanError):
        list(scan(tmp_path / "missing"))


def test_the_public_figures_count_every_hold_by_its_reason(database):
    """A wide one in its words; on one key only the leading signal, or that it was automatic, never what was seen."""

    def placed(number, by, reach=Reach.KEY, evidence="", reason="The owner, Ana, moved to Lima."):
        return Hold(
            id=f"hold_{number}", selector=Selector(reach=reach, id="" if reach is Reach.ALL else "key_1"),
            level=Level.WATCH, reason=reason, placed_by=by, placed=AT, until=AT + timedelta(hours=1),
            evidence=evidence,
        )  # fmt: skip

    parts = (Part(signal=Signal.ORIGIN, points=20, words="a"), Part(signal=Signal.DUTY, points=40, words="b"))
    judged = Score(parts=parts)
    watched = automatic_hold(verdict(judged), key="key_1", name="hold_0", standing=(), now=AT)
    held = [
        watched, placed(1, WATCHER), placed(2, WATCHER, evidence="Ana"), placed(3, "sally"),
        placed(4, "sally", reach=Reach.ALL, reason="Maintenance."),
    ]  # fmt: skip

    with database.reading() as tx:
        told = aggregates(tx, held, AT)["holds"]["by_reason"]

    assert {"duty": 1, "automatic": 2, "by a steward": 1, "Maintenance.": 1} == told
