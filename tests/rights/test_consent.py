"""Consent: a work is learned from because its owner says so, for as long as they say so, and where else is known."""

import hashlib
from dataclasses import replace

import pytest
from cartoons import cartoon

from tests.programme.members import DAY, NOW, Leaves
from vitascope.errors import ConsentError, LogError, NotClearedError, RecordNotFoundError
from vitascope.media import mp4
from vitascope.provenance.authority import open_authority
from vitascope.provenance.manifest import Claim
from vitascope.provenance.seal import seal
from vitascope.rights.consent import repository, snapshots, works
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.consent.signals import Source
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.log import Log
from vitascope.rights.register import Register
from vitascope.rights.uses import Use
from vitascope.types import Marked

BASE = Register.load()
TRAIN = frozenset({Use.TRAIN})
UPLOAD = Upload(
    title="A cat",
    content=b"<svg>cat</svg>",
    media_type="image/svg+xml",
    credit="Ana Lima",
    concepts=("cat",),
    is_mine=True,
)
NO = Source(headers="X-Robots-Tag: noai")


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


def put_in(tx, owner="ana", **changes):
    return works.put_in(tx, Leaves(), owner, replace(UPLOAD, **changes), now=NOW).id


def grant(tx, name, owner="ana", uses=TRAIN, until=NOW + 365 * DAY, now=NOW, **changes):
    consent = Consent(work=name, uses=frozenset(uses), until=until, **changes)
    return works.grant(tx, Leaves(), owner, consent, now=now)


def take(tx, now=NOW, log=None, base=BASE, use=Use.TRAIN):
    return snapshots.take(tx, log or Leaves(), base, by="steward-1", now=now, use=use)


def test_putting_a_work_in_allows_nothing(tx):
    """Unknown means no: a work without its owner's grant is in no snapshot."""
    name = put_in(tx)

    assert frozenset() == works.uses_of(tx, name, NOW)
    assert name not in take(tx)[1].works


def test_a_granted_work_is_in_the_next_snapshot(tx, tmp_path):
    """As a work of lane O, which the register clears for lane O alone, by its bytes."""
    name = put_in(tx)
    grant(tx, name)
    snapshot, register = take(tx)
    snapshots.write(register, tmp_path)
    read = Register.load(tmp_path)

    digest = hashlib.sha256(UPLOAD.content).hexdigest()
    assert snapshot.id == register.sha256() == read.sha256()
    assert ("Ana Lima",) == read.clear(name, digest, "O").authors
    with pytest.raises(NotClearedError):
        read.clear(name, digest, "A")
    assert name in repository.works_of(tx, snapshot.id)


def test_a_withdrawn_work_is_in_no_later_snapshot_and_its_models_are_named(tx):
    """I12: the old snapshot stays what it was, the next is without the work, and the model that saw it is affected."""
    name = put_in(tx)
    grant(tx, name)
    snapshot, _ = take(tx)
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot=snapshot.id, at=NOW)
    snapshots.learned(tx, Leaves(), model, by="steward-1")
    assert () == snapshots.affected(tx, BASE, NOW)
    works.withdraw(tx, Leaves(), "ana", name, frozenset(works.USES), now=NOW + DAY)
    later, register = take(tx, NOW + DAY)

    assert name not in register.works
    assert later.id != snapshot.id
    assert [("s", (name,))] == [(each.model.name, each.works) for each in snapshots.affected(tx, BASE, NOW + DAY)]
    assert (model,) == snapshots.models_that_saw(tx, {name})


def test_a_withdrawal_during_training_names_the_model_when_it_is_done(tx):
    """The snapshot was taken, the work withdrawn, then the model recorded: it is affected from its first day."""
    name = put_in(tx)
    grant(tx, name)
    snapshot, _ = take(tx)
    works.withdraw(tx, Leaves(), "ana", name, TRAIN, now=NOW + DAY)
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot=snapshot.id, at=NOW + 2 * DAY)
    snapshots.learned(tx, Leaves(), model, by="steward-1")

    assert [(name,)] == [each.works for each in snapshots.affected(tx, BASE, NOW + 2 * DAY)]


def test_each_use_is_granted_and_withdrawn_by_itself(tx):
    """Display without training, and training withdrawn while display stays."""
    name = put_in(tx)
    grant(tx, name, uses={Use.TRAIN, Use.DISPLAY})
    works.withdraw(tx, Leaves(), "ana", name, TRAIN, now=NOW + DAY)

    assert {Use.DISPLAY} == works.uses_of(tx, name, NOW + DAY)
    grant(tx, name, now=NOW + DAY)
    assert {Use.DISPLAY, Use.TRAIN} == works.uses_of(tx, name, NOW + DAY)
    assert () == grant(tx, name, now=NOW + DAY)


def test_a_consent_ends_on_its_day(tx):
    """Licences end: after the date the work is not eligible any more."""
    name = put_in(tx)
    grant(tx, name, until=NOW + DAY)

    assert name in take(tx, NOW)[1].works
    assert name not in take(tx, NOW + DAY)[1].works


def test_a_file_that_says_no_needs_its_owners_word(tx):
    """A general signal beats silence, and an owner's own word beats the signal."""
    name = put_in(tx, source=NO)
    with pytest.raises(ConsentError, match="noai"):
        grant(tx, name)
    assert grant(tx, name, uses={Use.DISPLAY})
    (given,) = grant(tx, name, overrides_signals=True)

    assert "overrides" in given.restrictions
    assert Use.TRAIN in works.uses_of(tx, name, NOW)


def test_what_nobody_can_read_counts_as_no(tx):
    """A signal that is there and is no clear yes needs the owner's word, too; silence does not."""
    name = put_in(tx, source=Source(tdmrep="<html>not found</html>"))
    with pytest.raises(ConsentError, match="counts as no"):
        grant(tx, name)

    assert grant(tx, name, overrides_signals=True)


def test_the_credential_in_a_file_is_read(tx, tmp_path):
    """A sealed clip whose credential says no is put in, and not trained on until its owner overrides that by name."""
    path = tmp_path / "clip.mp4"
    mp4.write((Marked(frame=frame, mark_id=1) for frame in cartoon(3, 64, 64)), path, fps=8)
    claim = Claim(title="clip", model="s", weights_sha256="ab" * 32, trained_on="cd" * 32, mark_id=5)
    seal(path, claim, open_authority(tmp_path / "home"))
    name = put_in(tx, content=path.read_bytes(), media_type="video/mp4")

    (work,) = repository.works(tx, only=name)
    assert {"cawg"} == {signal.form for signal in work.signals}
    with pytest.raises(ConsentError, match="cawg"):
        grant(tx, name)


@pytest.mark.parametrize(
    "changes",
    [
        {"is_mine": False},
        {"title": " "},
        {"title": "x" * 201},
        {"credit": "x" * 201},
        {"media_type": "text/html"},
        {"content": b""},
    ],
)
def test_an_upload_that_cannot_be_is_refused(tx, changes):
    """Somebody else's, untitled, of a kind we do not take, or empty."""
    with pytest.raises(ConsentError):
        put_in(tx, **changes)


def test_a_file_two_people_claim_is_nobodys(tx):
    """The second upload of the same bytes is refused, whoever sends it."""
    put_in(tx)
    for owner in ("ana", "ben"):
        with pytest.raises(ConsentError, match="already"):
            put_in(tx, owner)


def test_only_its_owner_speaks_for_a_work(tx):
    """To others it does not exist."""
    name = put_in(tx)
    for act in (
        lambda: grant(tx, name, "ben"),
        lambda: works.withdraw(tx, Leaves(), "ben", name, TRAIN, now=NOW),
        lambda: works.take_away(tx, Leaves(), "ben", name, now=NOW),
    ):
        with pytest.raises(RecordNotFoundError):
            act()


@pytest.mark.parametrize("uses", [set(), {Use.VIDEO_CREATE}, {Use.TRAIN, Use.HOLD_PLACE}])
def test_only_uses_of_a_work_are_granted(tx, uses):
    """Nothing, and uses of other things, are no consent."""
    with pytest.raises(ConsentError):
        grant(tx, put_in(tx), uses=uses)


def test_a_work_taken_away_is_gone_from_everything_to_come(tx):
    """Every use ends with it, and none can be granted again."""
    name = put_in(tx)
    grant(tx, name, uses=set(works.USES))
    works.take_away(tx, Leaves(), "ana", name, now=NOW)

    assert frozenset() == works.uses_of(tx, name, NOW)
    with pytest.raises(ConsentError):
        grant(tx, name)


def test_an_author_who_opts_out_is_left_out(tx):
    """Works of packages too: all of the author's are out of the next snapshot, and the models that saw them named."""
    before, _ = take(tx)
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot=before.id, at=NOW)
    snapshots.learned(tx, Leaves(), model, by="steward-1")
    log = Leaves()
    works.leave_out(tx, log, "Microsoft Corporation", by="microsoft", now=NOW)
    _, register = take(tx)

    assert not any("Microsoft Corporation" in work.authors for work in register.works.values())
    assert 100 < len(snapshots.affected(tx, BASE, NOW)[0].works)
    assert b"Microsoft" not in log.events[0].payload


def test_no_credit_is_a_full_answer(tx):
    """An owner who wishes not to be named is not, anywhere in the register."""
    name = put_in(tx, credit="")
    grant(tx, name)

    assert ("an artist who wishes not to be named",) == take(tx)[1].works[name].authors


def test_a_snapshot_names_the_leaf_at_which_consents_counted(tx, tmp_path, signer):
    """I2: whoever has the log can say which consents stood when the snapshot was taken."""
    log = Log(tmp_path / "log", signer)
    name = works.put_in(tx, log, "ana", UPLOAD, now=NOW).id
    works.grant(tx, log, "ana", Consent(work=name, uses=TRAIN, until=NOW + DAY), now=NOW)
    snapshot, _ = take(tx, log=log)

    kinds = [log.opening(index).payload.decode() for index in range(snapshot.leaf + 1)]
    assert 2 == snapshot.leaf
    assert "permission.given" in kinds[1]
    assert "snapshot.taken" in kinds[2]


def test_a_model_without_its_snapshot_is_not_recorded(tx):
    """Nobody can say what it saw."""
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot="s" * 64, at=NOW)
    with pytest.raises(RecordNotFoundError):
        snapshots.learned(tx, Leaves(), model, by="steward-1")


def test_no_consent_is_entered_when_the_log_cannot_be_written(database):
    """The leaf first: with a full disk nothing is granted."""

    class Broken:
        def append(self, event):
            raise LogError("the disk is full")

    with database.transaction() as tx:
        name = put_in(tx)
    with pytest.raises(LogError), database.transaction() as tx:
        works.grant(tx, Broken(), "ana", Consent(work=name, uses=TRAIN, until=NOW + DAY), now=NOW)

    with database.reading() as tx:
        assert frozenset() == works.uses_of(tx, name, NOW)


def test_a_shipped_model_is_named_without_a_record(tx):
    """The register its weights name tells what it saw; once its snapshot is on record, that alone speaks."""
    name = put_in(tx)
    grant(tx, name)
    snapshot, register = take(tx)
    shipped = snapshots.ShippedModel(name="s", weights_sha256="w" * 64, register=register)
    assert () == snapshots.affected(tx, BASE, NOW, [shipped])
    works.withdraw(tx, Leaves(), "ana", name, TRAIN, now=NOW)
    assert [(shipped, (name,))] == [(one.model, one.works) for one in snapshots.affected(tx, BASE, NOW, [shipped])]
    assert (shipped,) == snapshots.models_that_saw(tx, {name}, [shipped])
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot=snapshot.id, at=NOW)
    snapshots.learned(tx, Leaves(), model, by="steward-1")

    assert (model,) == snapshots.models_that_saw(tx, {name}, [shipped])
    assert [model] == [one.model for one in snapshots.affected(tx, BASE, NOW, [shipped])]
