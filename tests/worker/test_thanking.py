"""From a work that was put in to the money its owner is owed: a model learned from it, and a render by that model."""

import threading

import pytest
from fakes import MovingGradient
from shop import find, order, submit

from tests.programme.members import DAY, NOW, TOM, Leaves, fill_pool
from vitascope.programme import royalties
from vitascope.programme.money import journal, rates
from vitascope.rights.consent import snapshots, works
from vitascope.rights.consent.repository import LearnedModel
from vitascope.rights.consent.works import Consent, Upload
from vitascope.rights.credits import credits_for
from vitascope.rights.register import Register
from vitascope.rights.uses import Use
from vitascope.settings import settings
from vitascope.store.blobs import open_blobs
from vitascope.worker import jobs, studio
from vitascope.worker.jobs import Workshop
from vitascope.worker.studio import Studio

OURS = "Ana Lima: cat (LicenseRef-Vitascope-Opt-In; opt-in)"


@pytest.fixture
def shop(sqlite, tmp_path, monkeypatch):
    """A worker whose model paints a gradient for whatever is asked, and the money for royalties."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    monkeypatch.setattr(studio, "open_backend", lambda _: MovingGradient())
    with sqlite.transaction() as tx:
        fill_pool(tx, Leaves())
        rates.publish(tx, Leaves(), TOM, rates.table("EUR", [("render.second", 100)], 300_000), now=NOW)
    yield Workshop(
        worker="w1", database=sqlite, blobs=open_blobs(str(tmp_path / "files")), engines={"s": Studio("s")},
        stopping=threading.Event(),
    )  # fmt: skip
    monkeypatch.undo()
    settings.cache_clear()


def _put_in(tx, use=Use.TRAIN):
    """Ana's drawing of a cat, granted for one use."""
    upload = Upload(
        title="My cat", content=b"<svg/>", media_type="image/svg+xml", credit="Ana Lima", concepts=("cat",),
        is_mine=True,
    )  # fmt: skip
    made = works.put_in(tx, Leaves(), "ana", upload, now=NOW)
    works.grant(tx, Leaves(), "ana", Consent(work=made.id, uses=frozenset({use}), until=NOW + 99 * DAY), now=NOW)
    return made


def _learned(tx, shop, use=Use.TRAIN):
    """The weights this worker serves, recorded as having learned from a snapshot of now."""
    taken, _ = snapshots.take(tx, Leaves(), Register.load(), by="operator", now=NOW, use=use)
    weights = shop.engines["s"].capability().weights_sha256
    snapshots.learned(
        tx, Leaves(), LearnedModel(name="ours", weights_sha256=weights, snapshot=taken.id, at=NOW), by="operator"
    )


def _credits(shop):
    """Whom a film of a cat thanks, made as every job is."""
    job = submit(shop.database, wanted=order("a cat runs", model="s", size=(256, 256), seconds=1.0))
    jobs.finish(shop, job.id, jobs.paint(shop, job.id))
    return find(shop.database, job.id).made.credits


def _owed(shop):
    with shop.database.transaction() as tx:
        royalties.owe_all(tx, Leaves(), TOM, now=NOW)
        return {account for (account, _), units in journal.balances(tx).items() if units and account != "pool"}


def test_a_work_put_in_is_credited_and_paid_by_the_model_that_learned_from_it(shop):
    """One line of the render thanks Ana, and her part of its price is hers; nobody else's waits under her name."""
    with shop.database.transaction() as tx:
        _put_in(tx)
        _learned(tx, shop)

    thanked = _credits(shop)

    assert OURS in thanked
    assert set(credits_for(["cat"])) < set(thanked)
    assert "payable:ana" in _owed(shop)
    assert "waiting:Ana Lima" not in _owed(shop)


def test_a_model_that_never_saw_a_work_thanks_nobody_for_it(shop):
    """Put in and granted, but the weights are the package's: credits are as they ship."""
    with shop.database.transaction() as tx:
        _put_in(tx)

    assert credits_for(["cat"]) == _credits(shop)
    assert "payable:ana" not in _owed(shop)


def test_a_work_that_was_withdrawn_since_is_credited_while_the_model_serves(shop):
    """What was learned was learned: the model still makes use of it, and its owner is still thanked and paid."""
    with shop.database.transaction() as tx:
        made = _put_in(tx)
        _learned(tx, shop)
        works.withdraw(tx, Leaves(), "ana", made.id, frozenset({Use.TRAIN}), now=NOW)

    assert OURS in _credits(shop)
    assert "payable:ana" in _owed(shop)


def test_fine_tuned_weights_thank_for_what_they_began_with_as_well(shop):
    """A snapshot for fine-tuning holds few works of the package's, and the weights it began with learned from all."""
    with shop.database.transaction() as tx:
        _put_in(tx, Use.FINETUNE)
        _learned(tx, shop, Use.FINETUNE)

    assert {OURS, *credits_for(["cat"])} == set(_credits(shop))
