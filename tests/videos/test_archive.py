"""Archives: what one house exports another takes in, byte for byte; what was tampered with is refused whole."""

import zipfile

import pytest
from shop import NOW, claim, find, made, submit

from vitascope.refusals import ArchiveError, VideoNotFoundError
from vitascope.store.blobs import open_blobs
from vitascope.store.database import open_database
from vitascope.videos import archive, book, expiry


@pytest.fixture
def exported(sqlite, tmp_path):
    """An archive of one finished film, and the film's id and bytes."""
    blobs = open_blobs(str(tmp_path / "files"))
    job = submit(sqlite)
    held = claim(sqlite, job.id)
    result = made(job.id, token=held.token)
    files = {name: blobs.put(stored.key, name.encode(), media_type="x") for name, stored in result.files.items()}
    with sqlite.transaction() as tx:
        book.finish(tx, held, type(result)(**{**_fields(result), "files": files}), NOW + 5)
    path = tmp_path / "all.zip"
    with sqlite.reading() as tx, path.open("wb") as file:
        file.writelines(archive.export(tx, "ana", blobs))
    return path, job.id


def _fields(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _other_house(tmp_path):
    return open_database(f"sqlite:///{tmp_path}/other.db"), open_blobs(str(tmp_path / "other"))


def test_a_house_takes_in_what_another_gave(exported, tmp_path):
    """Job, order and every file are as they were, under the new owner; doing it twice changes nothing."""
    path, video = exported
    database, blobs = _other_house(tmp_path)
    for expected in (1, 0):
        unpacked = archive.unpack(path, blobs, party="bo", key="k")
        with database.transaction() as tx:
            entered = archive.bring_in(tx, unpacked)
        blobs.remove(archive.unused(unpacked, entered))
        assert expected == len(entered)

    job = find(database, video, "bo")
    assert ("completed", "a parrot flies over a beach", NOW + 5) == (job.state, job.order.prompt, job.completed_at)
    assert {name: name.encode() for name in job.made.files} == {
        name: blobs.read(stored.key) for name, stored in job.made.files.items()
    }
    assert 3 == len(list(blobs.keys()))
    database.close()


def test_an_id_of_somebody_else_is_not_taken_over(exported, tmp_path, sqlite):
    """A film whose id another party has comes in under a new one, and the other's is untouched."""
    path, video = exported
    unpacked = archive.unpack(path, open_blobs("memory://"), party="bo", key="k")
    with sqlite.transaction() as tx:
        (entered,) = archive.bring_in(tx, unpacked)

    assert video != entered.id
    assert "ana" == find(sqlite, video).party
    with pytest.raises(VideoNotFoundError):
        find(sqlite, video, "bo")


def _rewritten(path, change):
    with zipfile.ZipFile(path) as old:
        contents = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in change(contents).items():
            new.writestr(name, content)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {name: content[:-1] + b"!" if "/" in name else content for name, content in files.items()},
        lambda files: {name: content for name, content in files.items() if not name.endswith("video")},
        lambda files: {name: content.replace(b"video_", b"../../") for name, content in files.items()},
        lambda files: {**files, archive.LIST: b"{}\n"},
        lambda files: {**files, archive.LIST: b"no json"},
        lambda files: {name: content for name, content in files.items() if name != archive.LIST},
    ],
)
def test_what_was_tampered_with_is_refused_whole(exported, tmp_path, change):
    """A wrong byte, a missing file, a path for an id, a list of nonsense: nothing stays in the store."""
    path, _ = exported
    _rewritten(path, change)
    blobs = open_blobs(str(tmp_path / "other"))

    with pytest.raises(ArchiveError):
        archive.unpack(path, blobs, party="bo", key="k")

    assert [] == list(blobs.keys())


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    """Bytes of any kind give the same answer."""
    (tmp_path / "x").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(ArchiveError):
        archive.unpack(tmp_path / "x", open_blobs("memory://"), party="bo", key="k")


def test_films_go_when_their_time_is_over(sqlite, tmp_path):
    """Expired and deleted films leave the store; what is known of an expired one stays."""
    blobs = open_blobs(str(tmp_path / "files"))
    jobs = []
    for keep in (60, None, None):
        held = claim(sqlite, submit(sqlite).id)
        result = made(held.video, token=held.token)
        [blobs.put(stored.key, b"12345", media_type="x") for stored in result.files.values()]
        with sqlite.transaction() as tx:
            book.finish(tx, held, result, NOW, keep_seconds=keep)
        jobs.append(held.video)
    with sqlite.transaction() as tx:
        book.delete(tx, jobs[1], "ana", NOW)

    assert 2 == expiry.sweep(sqlite, blobs, NOW + 61)
    assert 0 == expiry.sweep(sqlite, blobs, NOW + 61)
    assert {jobs[2]} == {key.split("/")[1] for key in blobs.keys("")}
    assert "completed" == find(sqlite, jobs[0]).state
