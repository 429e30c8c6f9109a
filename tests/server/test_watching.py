"""A stranger watches the log that a desk serves, by its address alone: growth is fine, a fork and a cut are seen."""

import json
import shutil
import socket

import pytest
from desks import Desk
from typer.testing import CliRunner

from tests.programme.members import NOW
from vitascope.cli.main import app
from vitascope.demo.desk import Desk as Client
from vitascope.errors import AnswerError, LogError
from vitascope.rights.afar import ServedLog
from vitascope.rights.event import Event
from vitascope.rights.logbook import open_log, signer_of
from vitascope.rights.monitor import Monitor

RUN = CliRunner()


@pytest.fixture
def desk(tmp_path):
    """A desk with some leaves in its log."""
    folder = tmp_path / "desk"
    folder.mkdir()
    with Desk(folder).listening() as listening:
        listening.folder = folder
        _add(listening, 3)
        yield listening


def _add(desk, count, about="x"):
    for number in range(count):
        desk.app.state.desk.log.append(Event(kind="test", by="tester", about=f"{about}{number}", at=NOW))


def _watch(desk, tmp_path, *more, code=0):
    key = signer_of(desk.folder).verifier.text
    words = ["log", "monitor", desk.url, "--key", key, "--memory", str(tmp_path / "seen"), *more]
    done = RUN.invoke(app, words)
    assert code == done.exit_code, done.output
    return done.output


def test_growth_is_seen_to_be_growth(desk, tmp_path):
    """First remembered, then continued, by a proof over the wire; every leaf may be fetched and counted anew."""
    first = _watch(desk, tmp_path)
    _add(desk, 1_100, "many")
    then = _watch(desk, tmp_path, "--every-leaf")
    again = _watch(desk, tmp_path)

    assert "3 leaves. First seen" in first
    assert "1103 leaves. It continues the 3 seen before" in then
    assert "It continues the 1103" in again


def test_a_log_rewritten_by_its_owner_is_seen(desk, tmp_path):
    """The same key signs another history, as long or longer: exit code 1, and both signed notes are kept."""
    _add(desk, 4)
    _watch(desk, tmp_path)
    _rewrite(desk, 9)
    told = _watch(desk, tmp_path, code=1)

    assert "forked or cut" in told
    assert 1 == len(list(tmp_path.glob("seen.fork-9-*")))
    assert "\n7\n" in (tmp_path / "seen").read_text(), "what was seen first stays"


def test_a_log_that_was_cut_is_seen(desk, tmp_path):
    """Fewer leaves than were seen are no beginning of a longer history."""
    _add(desk, 4)
    _watch(desk, tmp_path)
    _rewrite(desk, 2)

    assert "forked or cut" in _watch(desk, tmp_path, code=1)


def _rewrite(desk, count):
    """Another history under the same key, in the place of the one that was served."""
    shutil.rmtree(desk.folder / "log")
    log = open_log(desk.folder)
    for number in range(count):
        log.append(Event(kind="test", by="tester", about=f"other{number}", at=NOW))
    object.__setattr__(desk.app.state.desk, "log", log)


def test_leaves_that_do_not_make_the_signed_root_are_seen(desk):
    """A server that shows a good note and other leaves is found out by counting."""
    good = ServedLog(Client(address=desk.url, key="").content)
    checkpoint = signer_of(desk.folder).verifier.read(good.note())

    def lying(path):
        others = json.dumps({"data": ["00" * 32] * checkpoint.size}).encode()
        return others if "leaves" in path else Client(address=desk.url, key="").content(path)

    good.recount(checkpoint)
    with pytest.raises(LogError, match="root that was signed"):
        ServedLog(lying).recount(checkpoint)
    with pytest.raises(LogError, match="are served"):
        ServedLog(lambda _: b'{"data": []}').recount(checkpoint)
    for nonsense in (b'{"proof": [1]}', b'{"proof": ["ab"]}', b"[]"):
        with pytest.raises(LogError, match="no list of hashes"):
            ServedLog(lambda _, told=nonsense: told).prove(1, 2)


def test_a_server_that_is_away_accuses_nobody(desk, tmp_path):
    """Nothing is fetched, nothing is a fork: the memory stays and no evidence is written."""
    _watch(desk, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = ServedLog(Client(address=f"http://127.0.0.1:{port}", key="").content)
    watcher = Monitor(tmp_path / "seen", signer_of(desk.folder).verifier)
    note = ServedLog(Client(address=desk.url, key="").content).note()
    _add(desk, 1)
    newer = ServedLog(Client(address=desk.url, key="").content).note()

    with pytest.raises(AnswerError):
        away.note()
    with pytest.raises(AnswerError):
        watcher.see(newer, away.prove)
    assert note == (tmp_path / "seen").read_text()
    assert [] == list(tmp_path.glob("seen.fork-*"))
