"""Pictures that videos begin with stay as long as a video does, and no longer."""

import os
import time

from shop import order, submit

from vitascope.store.blobs import open_blobs
from vitascope.videos import book, pictures

LATER = pictures.YOUNG + 60


def test_a_picture_goes_when_no_video_begins_with_it(database, tmp_path):
    """A day after: of a deleted video and of an order that was refused; what a video left begins with stays."""
    blobs = open_blobs(str(tmp_path / "files"))
    left, shared, deleted, refused, fresh = (pictures.folder("ana", letter * 64) for letter in "abcde")
    for folder in (left, shared, deleted, refused, fresh):
        blobs.put(f"{folder}/first.png", b"12345", media_type="image/png")
        blobs.put(f"{folder}/as-sent", b"12345", media_type="application/octet-stream")
    for folder in (left, shared, deleted, refused):
        for file in (tmp_path / "files" / folder).iterdir():
            os.utime(file, (time.time() - LATER,) * 2)
    jobs = [
        submit(database, party=party, wanted=order(prompt, image=f"{folder}/first.png"))
        for party, prompt, folder in (
            ("ana", "a", left),
            ("ana", "b", shared),
            ("bo", "c", shared),
            ("ana", "d", deleted),
        )
    ]
    with database.transaction() as tx:
        book.delete(tx, jobs[1].id, "ana", time.time())
        book.delete(tx, jobs[3].id, "ana", time.time())

    assert 4 == pictures.sweep(database, blobs, time.time())
    assert 0 == pictures.sweep(database, blobs, time.time())
    assert {left, shared, fresh} == {key.rpartition("/")[0] for key in blobs.keys(pictures.FOLDER)}


def test_a_house_without_pictures_asks_nothing(tmp_path):
    """Most houses have none: the book is not looked through for them."""
    assert 0 == pictures.sweep(None, open_blobs(str(tmp_path)), time.time())
