"""The leak watch: the leak of 2024 is caught, honest members are left alone, and everybody is told why."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from houses import NOW, SECRETS, new_key

from tests.programme.members import Leaves
from vitascope.bench.artists import Town, days_of, draw_artist
from vitascope.bench.leaks import Leak, honest, replay, settled
from vitascope.errors import AlertError, GrantError, OwnCaseError, RefusedError, ScanError, ServerError
from vitascope.programme import keys
from vitascope.programme.access import gate, holds, repository, watch
from vitascope.programme.access.watch import Asked
from vitascope.programme.aggregates import aggregates
from vitascope.programme.credential import draw
from vitascope.programme.door import Knock
from vitascope.programme.leaks import repository as told
from vitascope.programme.leaks.alerts import Alert, known_scanners, read_alerts
from vitascope.programme.leaks.datacentres import read_datacentres
from vitascope.programme.leaks.habits import Habits, at_home, observe
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


@pytest.mark.parametrize("off", sorted(ALL_SIGNALS - {Signal.CERTAIN, Signal.FAN_OUT}))
def test_no_signal_alone_is_needed(member, off):
    """Without what is written, or where it comes from, the leak is caught all the same, by what began with it.

    This member always polled by a program of the page's beat.
    """
    caught = replay(member, Leak(hours=1.0), 2, signals=ALL_SIGNALS - {off})

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


def _page(known, count, *, calm_first=False):
    """What comes next at a new place, by the owner's own beat: jobs that let no free place be, or a calm one first."""
    at = 249 * 3600.0
    if calm_first:
        known = observe(known, _seen(0, network="page", at=at - 600.0))
    for number in range(count):
        known = observe(known, _seen(number, network="page", in_flight=min(number, 3), at=at + 15 * number))
    return known


@pytest.mark.parametrize(
    ("count", "calm_first", "signals", "points"),
    [
        (4, False, ALL_SIGNALS - {Signal.PROMPTS}, 0),
        (6, False, ALL_SIGNALS - {Signal.PROMPTS}, 17),
        (8, False, ALL_SIGNALS - {Signal.PROMPTS}, 34),
        (8, True, ALL_SIGNALS - {Signal.PROMPTS}, 0),
        (8, False, ALL_SIGNALS, 0),
        (8, False, ALL_SIGNALS - {Signal.SATURATION, Signal.PROMPTS}, 0),
    ],
    ids=["they fill the places", "it begins", "it is one", "a free place was let be", "their own words", "unseen"],
)
def test_a_new_place_that_begins_in_a_rush_is_told(count, calm_first, signals, points):
    """From the very first job on, whoever writes; a batch of one's own, or after a first look round, is none."""
    judged = score(_page(_worked(), count, calm_first=calm_first), signals)

    assert points == sum(part.points for part in judged.parts if part.signal is Signal.RUSH)


def test_this_is_me_ends_a_rush():
    """What the owner says is theirs is not held against them when the batch goes on."""
    known = at_home(_page(_worked(), 8))

    assert 0 == known.rush
    assert Level.THROTTLE > score(_page(known, 8), ALL_SIGNALS - {Signal.PROMPTS}).level


def test_an_honest_day_may_begin_with_a_batch():
    """The members that the watch is measured on do not always look round before they order fifty films."""
    import numpy as np

    rng, town = np.random.default_rng(3), Town(works=1.0, batch=1.0, batch_first=1.0)
    seen = list(days_of(rng, draw_artist(rng, town, "m"), town, num_days=1))[:50]

    assert all(one.in_flight >= 3 for one in seen[3:])


def test_a_new_datacentre_says_more_than_a_new_network(tmp_path):
    """By the operator's list; to somebody who always works from one it says hardly more than any network."""
    listed = tmp_path / "datacentres.txt"
    listed.write_text("# clouds\n192.0.2.0/25\n192.0.2.128/25  # two that touch\n\n2001:db8::/40\n")
    known = read_datacentres(listed)
    held = ["192.0.2.0", "192.0.2.255", "2001:db8:ff:ffff::1"]
    free = ["192.0.1.255", "192.0.3.0", "2001:db8:100::", "0.0.0.1", "255.255.255.255", "testclient", ""]

    assert (held, []) == ([one for one in held if known.hold(one)], [one for one in free if known.hold(one)])
    assert not read_datacentres(tmp_path / "none").hold("192.0.2.1")
    told = {}
    for usual in (False, True):
        for now in (False, True):
            worked = Habits()
            for number in range(80):
                worked = observe(worked, replace(_seen(number), is_hosted=usual))
            moved = observe(worked, replace(_seen(80, network="page"), is_hosted=now))
            told[usual, now] = score(moved, frozenset({Signal.ORIGIN})).points
    assert told.pop((True, True)) == pytest.approx(12, abs=1)
    assert {(False, False): 12, (False, True): 16, (True, False): 12} == told


@pytest.mark.parametrize("line", ["192.0.2.1/24", "cloud", "192.0.2.0/33", "::/129", "1.2.3.4-1.2.3.9"])
def test_a_list_of_datacentres_that_is_none_is_named_by_its_line(tmp_path, line):
    """Before the desk opens: a list that is read by half would be trusted whole."""
    (tmp_path / "list").write_text(f"192.0.2.0/24\n{line}\n")

    with pytest.raises(ServerError, match="Line 2 of"):
        read_datacentres(tmp_path / "list")


def test_habits_of_an_older_house_are_read():
    """What it did not keep yet is not there yet."""
    kept = json.loads(_worked(30).to_text())
    for name in ("beats", "full_run", "rush"):
        del kept[name]
    del kept["usual"]["hosted"], kept["today"]["hosted"]
    del kept["recent"]["is_hosted"]

    assert ({}, 0, 0) == ((found := Habits.from_text(json.dumps(kept))).beats, found.full_run, found.rush)


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


def _fresh_keys(tx, old):
    """The key that replaces one, and one beside it."""
    log, party = Leaves(), old.key.party
    beside = keys.create(tx, log, by=party, name="2", scopes=("video.create",), expires_at=None, party=party,
                         secrets=SECRETS, now=NOW)  # fmt: skip
    return keys.rotate(tx, log, old.key.id, by=party, grace_seconds=0, secrets=SECRETS, now=NOW), beside


def test_a_fresh_key_is_measured_against_its_partys_habits(database):
    """Rotated or made beside the old one: a page nobody worked from is a new place from the first creation on."""
    made, guest = new_key(database), new_key(database, name="Guest")
    with database.transaction() as tx:
        told.keep_habits(tx, made.key.id, _worked(), NOW - 3600)
        for fresh in _fresh_keys(tx, made):
            _enter(tx, fresh, replace(_ASKED, network="203.0.113.0/24", client="page"))
            judged = {part.signal for part in score(told.habits(tx, fresh.key.id)).parts}

            assert {Signal.ORIGIN, Signal.CLIENT} <= judged
        assert told.habits(tx, made.key.id) == _worked()
        assert told.habits(tx, guest.key.id) == Habits(), "a guest is another party, as anybody else"


def test_what_a_stranger_did_is_not_held_against_the_owners_fresh_key(database):
    """Sixty jobs of a page on the old key, then a new one: its owner, at home, starts all but without a point."""
    made = new_key(database)
    with database.transaction() as tx:
        told.keep_habits(tx, made.key.id, _page(_worked(), 60), NOW - 3600)
        _, fresh = _fresh_keys(tx, made)
        known = observe(told.habits(tx, fresh.key.id), _seen(0, at=NOW))

    assert score(known).points < 1


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
        until=AT + timedelta(hours=1),
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
