"""Each use an owner grants has an effect of its own, and declining one changes no other."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.programme.members import DAY, NOW, Leaves
from tests.rights.test_consent import BASE, grant, put_in, take
from vitascope.errors import ConsentError, NotClearedError
from vitascope.rights.consent import repository, snapshots, works
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.register import Register, folder_for, register_in_use
from vitascope.rights.uses import Use
from vitascope.store.database import open_database

NOTHING = replace(BASE, works={})
USES = st.frozensets(st.sampled_from(works.USES))


@pytest.fixture
def tx(database):
    with database.transaction() as open_tx:
        yield open_tx


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    return open_database(f"sqlite:///{tmp_path_factory.mktemp('uses')}/vitascope.db")


def _in(tx, name):
    return {use for use in works.USES if name in snapshots.eligible(tx, NOTHING, NOW, use).works}


@pytest.mark.parametrize("use", works.USES)
def test_a_snapshot_for_a_use_holds_what_was_granted_for_it(tx, use):
    """Of four works, each granted for another use, it holds one; what a licence allows is in all of them."""
    names = {each: put_in(tx, content=f"<svg>{each}</svg>".encode()) for each in works.USES}
    for each, name in names.items():
        grant(tx, name, uses={each})
    snapshot, register = take(tx, use=use)

    assert {names[use]} == register.works.keys() - BASE.works.keys()
    assert register.works.keys() >= BASE.works.keys()
    assert (use, snapshot.id) == (register.use, register.sha256())
    assert use is repository.find_snapshot(tx, snapshot.id).use


def test_snapshots_of_the_same_works_for_two_uses_are_two(tx):
    """With nobody's works in them they hold the same, and each says what it is for; the leaf does, too."""
    log = Leaves()
    taken = [take(tx, log=log, use=use)[0] for use in works.USES]

    assert 4 == len({snapshot.id for snapshot in taken}) == len(repository.snapshots(tx))
    assert [use.value for use in works.USES] == [event.rule for event in log.events]


@settings(max_examples=20, deadline=None)
@given(granted=USES, declined=USES)
def test_declining_a_use_changes_no_other(quick, granted, declined):
    """I8: whatever was granted, what is taken back is out of its own snapshots and in no way felt in the others."""
    with quick.transaction() as tx:
        other = put_in(tx, content=b"<svg>other</svg>") if not repository.works(tx) else repository.works(tx)[0].id
        grant(tx, other, uses=set(works.USES))
        count = len(repository.works(tx))
        name = put_in(tx, content=f"<svg>{count}</svg>".encode())
        if granted:
            grant(tx, name, uses=granted)
        before = _in(tx, name)
        works.withdraw(tx, Leaves(), "ana", name, declined, now=NOW)

        assert granted == before
        assert granted - declined == _in(tx, name)
        assert set(works.USES) == _in(tx, other)


def test_a_withdrawn_work_of_an_earlier_snapshot_does_not_come_back(tx):
    """The register in use may be a snapshot that holds it: its owner's word of today decides all the same."""
    name = put_in(tx)
    grant(tx, name)
    _, earlier = take(tx)
    works.withdraw(tx, Leaves(), "ana", name, frozenset(works.USES), now=NOW)

    assert name in earlier.works
    assert name not in take(tx, base=earlier)[1].works
    assert name not in take(tx, base=earlier, use=Use.DISPLAY)[1].works


def test_a_work_of_another_house_was_given_for_training_alone(tx):
    """What a package ships with its artists' yes to training is not fine-tuned on, evaluated with or shown."""
    theirs = replace(BASE.works["procedural:places"], id="work_theirs", lane="O", consent="explicit-opt-in")
    base = replace(BASE, works={**BASE.works, theirs.id: theirs})

    assert {Use.TRAIN} == {use for use in works.USES if theirs.id in take(tx, base=base, use=use)[1].works}


def test_a_home_has_a_register_for_each_use(tx, tmp_path):
    """Without a snapshot for a use, works put in are not used so: nobody was asked, and unknown means no."""
    name = put_in(tx)
    grant(tx, name, uses={Use.TRAIN, Use.EVALUATE})
    snapshots.write(take(tx)[1], folder_for(tmp_path, Use.TRAIN))
    before = register_in_use(tmp_path, Use.EVALUATE)
    snapshots.write(take(tx, use=Use.EVALUATE)[1], folder_for(tmp_path, Use.EVALUATE))

    assert name in register_in_use(tmp_path).works
    assert name not in before.works
    assert name in register_in_use(tmp_path, Use.EVALUATE).works
    assert name not in register_in_use(tmp_path, Use.DISPLAY).works


def test_a_snapshot_for_one_use_does_not_stand_in_for_another(tx, tmp_path):
    """Nor does one that says nothing anybody knows; and the refusal says which use it was."""
    snapshots.write(take(tx, use=Use.DISPLAY)[1], folder_for(tmp_path, Use.TRAIN))
    with pytest.raises(NotClearedError, match="taken for display, not for train"):
        register_in_use(tmp_path)
    (folder_for(tmp_path, Use.TRAIN) / "use.txt").write_text("video.create\n")
    with pytest.raises(NotClearedError, match="names no use"):
        register_in_use(tmp_path)


def test_a_refusal_says_what_the_work_may_not_be(tx):
    """By the use that was asked for."""
    name = put_in(tx)
    with pytest.raises(NotClearedError, match="register for evaluate"):
        take(tx, use=Use.EVALUATE)[1].get(name)
    grant(tx, name, uses={Use.DISPLAY})
    with pytest.raises(NotClearedError, match="may not be shown"):
        take(tx, use=Use.DISPLAY)[1].clear(name, "other bytes", "O")


def test_nothing_learns_from_a_snapshot_for_evaluation(tx):
    """Nor from one for display: recording such a model is refused."""
    snapshot, _ = take(tx, use=Use.EVALUATE)
    model = LearnedModel(name="s", weights_sha256="w" * 64, snapshot=snapshot.id, at=NOW)
    with pytest.raises(ConsentError, match="for evaluate"):
        snapshots.learned(tx, Leaves(), model, by="steward-1")


def test_a_model_is_touched_by_what_it_learned_by(tx):
    """One trained, one fine-tuned: withdrawing a use names the model that had it, and display names none."""
    name = put_in(tx)
    grant(tx, name, uses=set(works.USES))
    models = {}
    for use in (Use.TRAIN, Use.FINETUNE):
        model = LearnedModel(name=use.value, weights_sha256=use.value * 8, snapshot=take(tx, use=use)[0].id, at=NOW)
        models[use] = snapshots.learned(tx, Leaves(), model, by="steward-1")
    works.withdraw(tx, Leaves(), "ana", name, frozenset({Use.FINETUNE, Use.DISPLAY}), now=NOW + DAY)

    assert [("finetune", (name,))] == [(one.model.name, one.works) for one in snapshots.affected(tx, BASE, NOW + DAY)]
    assert (models[Use.TRAIN],) == snapshots.models_that_saw(tx, {name}, uses=frozenset({Use.TRAIN}))
    assert (models[Use.FINETUNE],) == snapshots.models_that_saw(tx, {name}, uses=frozenset({Use.FINETUNE}))
    assert () == snapshots.models_that_saw(tx, {name}, uses=frozenset({Use.DISPLAY}))
    assert set(models.values()) == set(snapshots.models_that_saw(tx, {name}))


def test_a_register_is_read_back_for_what_it_was_taken(tx, tmp_path):
    """Hash and use survive the folder; a snapshot from before says train."""
    _, register = take(tx, use=Use.FINETUNE)
    snapshots.write(register, tmp_path)
    assert (Use.FINETUNE, register.sha256()) == (Register.load(tmp_path).use, Register.load(tmp_path).sha256())
    (tmp_path / "use.txt").unlink()

    assert Use.TRAIN is Register.load(tmp_path).use
