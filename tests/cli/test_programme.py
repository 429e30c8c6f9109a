"""The commands of the programme, from a report to a bank file, with the log checked from outside."""

import json
import re

import pytest
from typer.testing import CliRunner

from tests.programme.members import add_render
from vitascope.backends.choose import preset_of
from vitascope.cli.main import app
from vitascope.provenance.audit import admit
from vitascope.rights.register import Register
from vitascope.settings import settings
from vitascope.shipped import MODEL
from vitascope.store.database import open_database
from vitascope.store.migrate import upgrade
from vitascope.text.words import edition_of
from vitascope.text.world import later_than

RUN = CliRunner()


@pytest.fixture
def say(tmp_path):
    """Runs a command on a house of its own and gives what it said."""

    def said(*words, code=0, typed=None):
        own = (
            []
            if "--data" in words or words[1] in ("papers", "monitor", "cosign")
            else ["--data", str(tmp_path / "house")]
        )
        done = RUN.invoke(app, [*words, *own], input=typed)
        assert code == done.exit_code, done.output
        return done.output

    return said


@pytest.fixture
def stewards(tmp_path, monkeypatch):
    """What two stewards type when they are asked for their key."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield [f"{admit(tmp_path / 'home', name)}\n" for name in ("sally", "sam")]
    settings.cache_clear()


@pytest.mark.parametrize(
    ("option", "text", "form"),
    [
        ("--source-page", '<meta name="robots" content="noai">', "noai"),
        ("--headers", "Content-Usage: train-ai=n", "aipref"),
        ("--tdmrep", '[{"location": "/", "tdm-reservation": 1}]', "tdmrep"),
    ],
)
def test_where_a_work_was_found_speaks_against_training(say, tmp_path, option, text, form):
    """A saved page, its headers or the site's file say no: told at once, refused until overridden by name."""
    drawing, source = tmp_path / "cat.svg", tmp_path / "source"
    drawing.write_text("<svg/>")
    source.write_text(text)
    put = ("consent", "put-in", str(drawing), "--by", "ana", "--title", "A cat", "--mine", option)
    assert "cannot be read" in say(*put, str(tmp_path / "nothing"), code=2)
    told = say(*put, str(source))
    grant = ("consent", "grant", told.split(":")[0], "--by", "ana", "--use", "train")

    assert f"it says deny ({form})" in told
    assert f"({form}: " in say(*grant, code=2)
    assert "1 uses granted" in say(*grant, "--overrides-signals")


def test_a_reviewer_at_the_machine_sees_what_makes_a_render_again(say, tmp_path):
    """By name, less the prompt; its author with it; without a name nobody is shown it."""
    say("payout", "pool")
    database = open_database(f"sqlite:///{tmp_path}/house/vitascope.db")
    with database.transaction() as tx:
        add_render(tx)
    database.close()
    name = say("contribution", "submit", "Two heads", "--kind", "bug", "--by", "ana", "--about", "video_1").split()[0]

    assert '"prompt": "a parrot flies"' in say("contribution", "show", name, "--by", "ana")
    rita = say("contribution", "show", name, "--by", "rita")
    assert '"seed": 7' in rita
    assert "parrot flies" not in rita
    assert "seed" not in say("contribution", "show", name)


def test_a_work_is_put_in_granted_taken_into_a_snapshot_and_withdrawn(say, tmp_path):
    """Nothing without a grant; named as affected after a withdrawal."""
    file = tmp_path / "cat.svg"
    file.write_text("<svg/>")
    put = ("consent", "put-in", str(file), "--by", "ana", "--title", "A cat")
    assert "is_mine" in say(*put, code=2)
    work = say(*put, "--mine", "--shows", "cat").split(":")[0]
    assert "419 works" in say("consent", "snapshot", str(tmp_path / "one"), "--by", "st")
    say("consent", "grant", work, "--by", "ben", "--use", "train", code=2)
    say("consent", "grant", work, "--by", "ana", "--use", "train")
    told = say("consent", "snapshot", str(tmp_path / "two"), "--by", "st")
    assert "420 works" in told
    weights = "ab" * 32
    say("consent", "learned", "s", "--by", "st", "--weights", weights, "--snapshot", told.split(":")[0])
    assert "s (abababababab) learned from it" in say("consent", "withdraw", work, "--by", "ana")
    assert work in say("consent", "affected")
    assert "419 works" in say("consent", "snapshot", str(tmp_path / "three"), "--by", "st")
    assert "418 works" in say("consent", "snapshot", str(tmp_path / "four"), "--by", "st", "--without", "noto:1f31e")


def test_the_model_that_ships_is_named_without_anybody_noting_it(say):
    """In a fresh house: for a work, and for an author; not for a work that came in since."""
    shipped = preset_of(MODEL)
    seen = Register.load().without(later_than(edition_of(shipped.vocabulary_sha256))).works
    one = next(iter(seen.values()))
    named = f"{MODEL} ({shipped.weights_sha256[:12]})"

    assert "" == say("consent", "affected")
    assert f"{named} learned from" in say("consent", "opt-out", one.id, "--by", "op")
    assert f"{named}: {one.id}\n" == say("consent", "affected")
    assert f"{named} learned from" in say("consent", "opt-out", one.authors[0], "--by", "op")


def test_the_papers_are_made(say, tmp_path):
    """Five files for a model, dated as told."""
    told = say("consent", "papers", str(tmp_path / "papers"), "--published", "2026-11-23")

    assert "5 papers on 419 works" in told
    assert "419 works" in say("consent", "papers", str(tmp_path / "other"), "--model", "other")
    assert {"croissant.json", "works.csv", "training-summary.json", "training-summary.md", "dataset-card.md"} == {
        path.name for path in (tmp_path / "papers").iterdir()
    }


def test_a_commission_is_asked_and_answered(say):
    """The artist's word makes it so."""
    name = say("consent", "commission", "ana", "--by", "ben", "--brief", "Ten seconds of rain").split(":")[0]
    say("consent", "answer", name, "--by", "ben", code=2)

    assert "active" in say("consent", "answer", name, "--by", "ana")


def test_a_likeness_is_given_listed_and_taken_back(say):
    """The first to claim a name keeps it; a level that is none is refused; what was said is seen until withdrawn."""
    assert "nobody but you" in say("likeness", "grant", "smile", "--by", "ana")
    assert "spoke for it first" in say("likeness", "grant", "Smile", "--by", "eve", code=1)
    assert "no level 'friends'" in say("likeness", "grant", "smile", "--by", "ana", "--circle", "friends", code=1)
    given = ("--to", "ben", "--never-with", "beer", "--restrictions", "Never in advertising.", "--days", "30")
    assert "@smile: ben, until" in say("likeness", "grant", "smile", "--by", "ana", *given)
    listed = say("likeness", "list")
    say("likeness", "withdraw", "smile", "--by", "ana")

    assert "@smile  ana" in listed
    assert "never with beer  Never in advertising." in listed
    assert "@smile  ana\n" == say("likeness", "list")


def test_mutuals_are_named_by_both(say):
    """Whoever has not answered stands there as such; the list says when both have, and no longer when one stops."""
    grant = ("likeness", "grant", "smile", "--by", "ana", "--circle", "mutuals")
    assert "name others for approved and mutuals" in say(*grant, code=1)
    assert "@smile: ben (once they name you), until" in say(*grant, "--to", "ben")
    say("likeness", "grant", "grin", "--by", "ben", "--to", "ana")
    met = say("likeness", "list")
    say("likeness", "withdraw", "grin", "--by", "ben")

    assert "  ben (mutual) until" in met
    assert "  ben (once they name you) until" in say("likeness", "list")


def test_the_log_is_watched_and_cosigned(say, stewards, tmp_path):
    """From its files and its public key alone."""
    key = say("log", "begin", "studio.example/log").strip()
    folder = tmp_path / "house" / "log"
    watch = ("log", "monitor", str(folder), "--key", key, "--memory", str(tmp_path / "seen"))
    assert "First seen" in say(*watch)
    say("contribution", "submit", "Good", "--by", "ana")
    for typed in stewards:
        say("log", "erase", "0", typed=typed)
    assert "continues the 0 seen before" in say(*watch)
    note = tmp_path / "note"
    note.write_text((folder / "checkpoint").read_text())
    auditor = say("log", "cosign", str(note), "--name", "eve.example", "--key-file", str(tmp_path / "eve.pem"))
    assert auditor.startswith("eve.example+")
    assert "eve.example" in note.read_text().splitlines()[-1]
    (folder / "leaves").write_text("")
    assert "removed" in say(*watch, code=1)


def test_what_the_log_tells_of_people_is_erased_by_two(say, stewards, tmp_path):
    """Several people, some from a file; first only said. One alone changes nothing; others stay told of."""
    for who in ("ana", "ben", "cleo", "dan"):
        say("likeness", "grant", f"face-{who}", "--by", who, "--to", "eve")
    listed = tmp_path / "people"
    listed.write_text("# asked to be forgotten\nben  # by letter\n\ncleo\n")
    people = ("log", "erase", "--of", "ana", "--from", str(listed))
    first, second = stewards
    dry = say(*people, "--dry-run", typed=first)
    alone = [say(*people, typed=first) for _ in range(2)]
    whole = say("log", "verify")
    done = say(*people, typed=second)
    openings = (tmp_path / "house" / "log" / "openings").read_text().splitlines()
    told = {json.loads(json.loads(line)["payload"])["by"] for line in openings}

    assert 6 == dry.count("permission.given")
    assert "6 leaves, of 3 people, would be erased. Nothing was." in dry
    assert all("6 leaves asked for; another steward" in said for said in alone)
    assert "0 were erased" in whole
    assert "6 leaves say nothing any more" in done
    assert "6 were erased" in say("log", "verify")
    assert {"dan", "sally", "sam"} == told
    assert "tells nothing of anybody" in say(*people, typed=first, code=2)


def test_nothing_is_erased_where_anything_named_is_wrong(say, stewards, tmp_path):
    """Nobody, an unknown person among known ones, oneself, a leaf that is not there, and a key that is nobody's."""
    say("likeness", "grant", "smile", "--by", "ana")
    say("likeness", "grant", "grin", "--by", "sally")
    first, _ = stewards
    assert "Name leaves" in say("log", "erase", code=2)
    for typed in stewards:
        unknown = say("log", "erase", "--of", "ana", "--of", "nobody", typed=typed, code=2)
        assert "Person 2 of 2: the log tells nothing" in unknown
        assert "there is no leaf 99" in say("log", "erase", "0", "99", typed=typed, code=2)
    assert "cannot erase what the log says of them" in say("log", "erase", "--of", "sally", typed=first, code=1)
    assert "tells of sally" in say("log", "erase", "0", "1", typed=first, code=1)
    say("log", "erase", "0", typed="guess\n", code=1)

    assert "2 leaves" in say("log", "verify")
    assert "0 were erased" in say("log", "verify")


def test_the_artists_of_finished_renders_are_owed_once(say, tmp_path):
    """However often it is booked; the makers nobody has reached wait with their part."""
    say("payout", "fund", "500000", "--statement", "bank-1", "--by", "tom")
    database = open_database(f"sqlite:///{tmp_path}/house/vitascope.db")
    with database.transaction() as tx:
        add_render(tx, frames=800, fps=8, credits=["Ana Lima: parrot (MIT; x)", "Noto: cat (MIT; x)"])
    database.close()
    for _ in range(2):
        assert "2 royalties" in say("payout", "royalties", "--by", "tom")

    assert 2 == say("payout", "journal").count("royalty")
    assert "waiting:Noto,0.60,EUR" in say("payout", "journal")


def test_a_vote_is_held(say):
    """Proposed, voted on, counted; not in the name of somebody who is no member."""
    for name in ("Ana", "Ben"):
        say("key", "create", name)
    ana, ben = re.findall(r"party_\w+", say("key", "list"))
    name = say("contribution", "propose", "Longer films", "--by", ana).split(":")[0]

    assert "0 for, 1 against" in say("contribution", "vote", name, "--by", ben, "--against")
    assert "for members" in say("contribution", "vote", name, "--by", "nobody", code=1)
    assert "not answered yet" in say("contribution", "proposals")


def test_the_pool_and_the_snapshots_are_shown(say, tmp_path):
    """What is held and what is free; a snapshot by its leaf."""
    say("payout", "fund", "5000", "--statement", "bank-1", "--by", "tom")
    taken = say("consent", "snapshot", str(tmp_path / "taken"), "--by", "tom").split(":")[0]

    assert "EUR: 5000 held, 0 promised, 5000 free." in say("payout", "pool")
    assert taken in say("consent", "snapshots")


def test_a_question_is_asked_and_asked_no_more(say):
    """The form as it is, by commands alone."""
    name = say("programme", "ask", "What do you draw?", "--by", "sally").split(":")[0]

    assert name in say("programme", "questions")
    say("programme", "unask", name, "--by", "sally")
    assert name not in say("programme", "questions")


def test_a_trace_tells_the_log_first_and_then_the_member(say, tmp_path, monkeypatch):
    """Two stewards, a reason, a leaf, and a notice in the database before a name is printed."""
    from cartoons import cartoon
    from fakes import PRESET, MovingGradient

    from vitascope.marks.book import DatabaseRegister
    from vitascope.pipeline import render
    from vitascope.programme.leaks.repository import notices
    from vitascope.provenance.audit import admit
    from vitascope.settings import settings
    from vitascope.types import Request

    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    keys = [admit(settings().home, name) for name in ("ada", "bo")]
    request = Request(prompt="a cat jumps", size=(192, 192), seconds=1)
    backend = MovingGradient(PRESET)
    backend.render = lambda plan, tick: iter(cartoon(plan.frames, 192, 192))
    db = f"sqlite:///{tmp_path / 'house.db'}"
    register = DatabaseRegister(open_database(db))
    clip = render(request, to=tmp_path / "a.mp4", backend=backend, tick=lambda _: None, party="ana", register=register)

    asked, typed = ("trace", str(clip.path), "--reason", "a clip under embargo", "--db"), "\n".join(keys) + "\n"

    before = (tmp_path / "house.db").read_bytes()
    assert 0 == RUN.invoke(app, ["verify", str(clip.path), "--db", db]).exit_code
    assert before == (tmp_path / "house.db").read_bytes()
    assert "There is no database" in say(*asked, f"sqlite:///{tmp_path / 'hose.db'}", typed=typed, code=1)
    assert not (tmp_path / "house").exists()  # no leaf in a log nobody reads
    told = say(*asked, db, typed=typed)

    assert "Made for: ana. They have a notice." in told
    with open_database(db).reading() as tx:
        (notice,) = notices(tx, "ana")
    assert f"{clip.mark_id:016x}" in notice.words
    assert "as signed" in say("log", "verify")
    settings.cache_clear()


def test_an_older_book_is_named_and_left_as_it_is(tmp_path):
    """Who asks the marks of a server of an older version is told so in one sentence; its file stays the same."""
    path = tmp_path / "old.db"
    old = open_database(f"sqlite:///{path}", migrate=False)
    upgrade(old.engine, "0005")
    old.close()
    before = path.read_bytes()
    (tmp_path / "a.mp4").write_bytes(b"no film")

    done = RUN.invoke(app, ["verify", str(tmp_path / "a.mp4"), "--db", f"sqlite:///{path}"])

    assert 1 == done.exit_code
    assert "schema '0005'" in done.stderr
    assert "was left as it is" in done.stderr
    assert before == path.read_bytes()
