"""The provenance check over HTTP, and archives: a foreign file, a file of ours, one that is none, out and in again."""

import hashlib
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import av
import httpx2
import numpy as np
import pytest
import sqlalchemy as sa
from cartoons import cartoon
from desks import FILM, Desk, error_of
from fakes import PRESET, Forgetful, MovingGradient
from PIL import Image
from shop import order

from vitascope.marks.book import DatabaseRegister
from vitascope.origin import verify_file
from vitascope.pipeline import render
from vitascope.provenance.fingerprint import Sampler, words_of
from vitascope.provenance.register import Issued, LocalRegister, now
from vitascope.settings import settings
from vitascope.store import tables
from vitascope.types import Request
from vitascope.videos import repository
from vitascope.worker import studio
from vitascope.worker.engine import Given


class Cartoons(MovingGradient):
    """A backend that paints a cartoon."""

    def render(self, plan, tick):
        yield from cartoon(plan.frames, 192, 192)


def _png():
    file = BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (96, 96, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, "PNG")
    return file.getvalue()


def test_a_foreign_picture_is_not_known(client):
    """All keys of the contract are there, the credential first; nothing is claimed."""
    answer = client.post("/v1/content_provenance_checks", files={"file": ("x.exe", _png())})

    assert 200 == answer.status_code, answer.text
    check = answer.json()
    first, mark = check["results"][:2]
    assert "content_provenance_check" == check["object"]
    assert {"type", "outcome", "validation_state", "issuer", "model", "generated_at"} <= set(first)
    assert ("c2pa", "not_detected", "not_present") == tuple(first[k] for k in ("type", "outcome", "validation_state"))
    assert ("vitascope_mark", "not_detected") == (mark["type"], mark["outcome"])
    assert check["made_here"] is False


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "invalid_value"), (b"text" * 99, "invalid_value"), (b"\0\0\0\x18ftypmp42" + b"\0" * 64, "unreadable_file"),
     (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "unreadable_file")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(client, content, code):
    """By its first bytes, or by the process that opens it."""
    answer = client.post("/v1/content_provenance_checks", files={"file": content})

    assert (400, code) == (answer.status_code, error_of(answer)["code"])
    assert error_of(answer)["message"].startswith("The file ")
    assert "/" not in error_of(answer)["message"]


def _film(frames, *, seconds_apart):
    """An mp4 of so many small frames; ten hours may have three."""
    file = BytesIO()
    with av.open(file, "w", format="mp4", options={"movflags": "empty_moov"}) as container:
        stream = container.add_stream("h264", rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.time_base = Fraction(1, 1000)
        container.start_encoding()
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number, np.uint8), "rgb24")
            frame.pts, frame.time_base = number * seconds_apart * 1000, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()


def test_a_film_without_frames_is_refused_and_one_of_ten_hours_is_looked_at(client):
    """Nothing to look at is said; a long film takes no longer than its frames, and no more than its limits."""
    empty = client.post("/v1/content_provenance_checks", files={"file": _film(0, seconds_apart=1)})
    long = client.post("/v1/content_provenance_checks", files={"file": _film(3, seconds_apart=18_000)})

    assert (400, "unreadable_file") == (empty.status_code, error_of(empty)["code"])
    assert 200 == long.status_code, long.text
    assert ["not_detected"] * 2 == [result["outcome"] for result in long.json()["results"][:2]]


def test_anybody_may_ask_where_a_file_comes_from(desk, monkeypatch):
    """Without a key, or with what an SDK sends for none, so often a minute from a network; a wrong key stays wrong."""
    now = [0.0]
    monkeypatch.setattr(desk.app.state.desk.turnstile, "_clock", lambda: now[0])
    address, files = f"{desk.url}/v1/content_provenance_checks", {"file": _png()}

    first = httpx2.post(address, files=files, timeout=60)
    told = [httpx2.post(address, headers={"authorization": "Bearer none"}, data={}, timeout=60) for _ in range(20)]
    now[0] = 61.0
    again = httpx2.post(address, timeout=60)
    mistyped = httpx2.post(address, headers={"authorization": "Bearer vs_m_abc"}, files=files, timeout=60)

    assert (200, False) == (first.status_code, first.json()["made_here"])
    assert 429 == told[-1].status_code
    assert 60 == int(told[-1].headers["retry-after"]) - 1
    assert {415} == {one.status_code for one in (*told[:-1], again)}  # let in, and there was no form in them
    assert 401 == mistyped.status_code


def test_a_check_without_a_file_or_with_more_is_refused(client):
    """One part, ``file``."""
    none = client.post("/v1/content_provenance_checks", data={"file": "text"})
    more = client.post("/v1/content_provenance_checks", data={"a": "b"}, files={"file": _png()})

    assert [400, 400] == [none.status_code, more.status_code]
    assert ["missing_required_parameter", "unknown_parameter"] == [error_of(one)["code"] for one in (none, more)]


def test_a_film_of_the_house_is_known_by_the_marks_in_its_database(client, desk, tmp_path):
    """Whoever marked it, on whatever machine: the number is in the server's register, not in a folder."""
    request = Request(prompt="a cat jumps", size=(192, 192), seconds=1)
    backend, register = MovingGradient(PRESET), DatabaseRegister(desk.database)
    backend.render = lambda plan, tick: iter(cartoon(plan.frames, 192, 192))
    clip = render(request, to=tmp_path / "a.mp4", backend=backend, tick=lambda _: None, register=register)

    check = client.post("/v1/content_provenance_checks", files={"file": clip.path.read_bytes()}).json()

    credential, mark, likeness = check["results"]
    assert check["made_here"] is True
    assert ("trusted", "detected", "detected") == (
        credential["validation_state"], mark["outcome"], likeness["outcome"],
    )  # fmt: skip
    assert "registered here" in mark["words"]
    assert () == LocalRegister(settings().home).copies(clip.mark_id)


def test_a_film_of_a_moment_ago_looks_known_and_an_erased_one_does_not(client, desk):
    """Each check is a process that goes on from what those before it have read of the database."""

    def seen(film):
        check = client.post("/v1/content_provenance_checks", files={"file": _foreign(film)}).json()
        return check["results"][2]["outcome"]

    blocks = np.random.default_rng(0).integers(0, 255, (2, 12, 12, 3), dtype=np.uint8)
    register, films = DatabaseRegister(desk.database), [[one.repeat(8, 0).repeat(8, 1)] * 3 for one in blocks]
    for film in films:
        assert "not_detected" == seen(film)
        entry = Issued(mark_id=register.take(), time=now(), model="s", size=(96, 96))
        sampler = Sampler()
        list(sampler.watch(film))
        register.enter(entry, words_of(sampler.planes))
        assert "detected" == seen(film)

    with desk.database.transaction() as tx:
        tx.execute(sa.delete(tables.fingerprints).where(tables.fingerprints.c.mark == f"{entry.mark_id:016x}"))
    assert ["detected", "not_detected"] == [seen(film) for film in films]
    assert list((settings().home / "mirrors").glob("*-fingerprints"))


def _foreign(frames):
    """An mp4 by another program, without mark or credential."""
    file = BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=12)
        stream.width, stream.height = frames[0].shape[1::-1]
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def test_a_first_frame_with_a_credential_is_kept_as_it_came(client, desk, tmp_path):
    """So that the chain of the film goes on with it; a picture without one leaves nothing but our own PNG."""
    render(
        Request(prompt="a cat jumps", size=(192, 192), seconds=1),
        to=tmp_path / "a.mp4", backend=MovingGradient(PRESET), tick=lambda _: None,
        pictures={"thumbnail": tmp_path / "a.png"},
    )  # fmt: skip
    signed = (tmp_path / "a.png").read_bytes()
    constrained = {"mining": "constrained", "mining_terms": "https://ana.example/terms"}
    orders = []
    for picture in (signed, _png()):
        answer = client.post(
            "/v1/videos", data={"prompt": "a parrot", **constrained}, files={"input_reference": picture}
        )
        with desk.database.reading() as tx:
            orders.append(repository.find(tx, answer.json()["id"]).order)

    kept = [sorted(key.rpartition("/")[2] for key in desk.blobs.keys(one.image.rpartition("/")[0])) for one in orders]

    assert [["as-sent", "first.png"], ["first.png"]] == kept
    assert signed == desk.blobs.read(orders[0].image.replace("first.png", "as-sent"))
    assert {("constrained", "https://ana.example/terms")} == {
        (one.reservation.mining, one.reservation.terms) for one in orders
    }


def test_a_film_tells_whose_works_are_behind_it(client, desk, tmp_path):
    """Artists of its seal, five training works with a distance, the nearest whole composition; only to its owner."""
    backend = MovingGradient(PRESET)
    backend.render = lambda plan, tick: iter(cartoon(plan.frames, 192, 192))
    request = Request(prompt="a cat jumps", size=(192, 192), seconds=4)
    clip = render(request, to=tmp_path / "a.mp4", backend=backend, tick=lambda _: None, thanks=("Noto: cat (OFL; x)",))
    video = client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]
    early = client.get(f"/v1/videos/{video}/credits")
    desk.finish(video, content=clip.path.read_bytes())

    told = client.get(f"/v1/videos/{video}/credits").json()
    with desk.client() as other:
        foreign = other.get(f"/v1/videos/{video}/credits")

    assert ["Noto: cat (OFL; x)"] == told["credits"]
    assert 5 == len(told["nearest"])
    assert {"work", "title", "authors", "licence", "distance", "flagged"} == set(told["nearest"][0])
    assert told["composition"]["known"] > 10_000
    assert told["composition"]["flagged"] is False
    assert [404, 404] == [early.status_code, foreign.status_code]


def test_whatever_the_desk_hands_out_carries_both_layers(client, desk, tmp_path, monkeypatch):
    """Film, thumbnail and spritesheet by their address, and in an archive: byte for byte what was sealed."""
    monkeypatch.setattr(studio, "open_backend", lambda model: Cartoons(PRESET))
    wanted = order(model="s", size=(256, 256), seconds=1.0)
    made = studio.Studio("s", DatabaseRegister(desk.database)).paint(
        wanted,
        party="ana",
        given=Given(),
        folder=tmp_path,
        tick=lambda _: None,
        show=lambda *_: None,
        memory=Forgetful(),
    )
    files = {"video": made.video, "thumbnail": made.thumbnail, "spritesheet": made.spritesheet}
    video = client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]
    desk.finish(video, content={variant: file.read_bytes() for variant, file in files.items()})

    address = f"/v1/videos/{video}/content"
    left = [client.get(address, params={"variant": variant}).content for variant in files]
    archive = ZipFile(BytesIO(client.get("/v1/export").content))
    mine = [archive.read(name) for name in archive.namelist() if video in name]

    assert len(files) <= len(mine)
    assert {hashlib.sha256(one).digest() for one in left} == {hashlib.sha256(one).digest() for one in mine}
    told = [verify_file(one, register=DatabaseRegister(desk.database)) for one in left]
    assert {("trusted", made.seal.mark_id, made.seal.mark_id)} == {
        (one.credential.state, one.credential.mark_id, one.mark.mark_id) for one in told
    }


def test_everything_moves_to_another_house(client, desk, tmp_path):
    """An archive holds videos and files; another house takes it in, once."""
    video = client.post("/v1/videos", json={"prompt": "a parrot", "seed": 5}).json()["id"]
    desk.finish(video)
    archive = client.get("/v1/export")
    with Desk(tmp_path).listening() as other, other.client() as there:
        head = {"content-type": "application/zip"}
        taken = [there.post("/v1/import", content=archive.content, headers=head).json()["videos"] for _ in range(2)]
        moved = there.get("/v1/videos").json()["data"]
        content = there.get(f"/v1/videos/{moved[0]['id']}/content").content
        refused = there.post("/v1/import", content=b"PK no", headers=head)
        typeless = there.post("/v1/import", content=archive.content, headers={"content-type": "text/plain"})

    assert "videos.jsonl" in ZipFile(BytesIO(archive.content)).namelist()
    assert [1, 0] == taken
    assert ["a parrot"] == [one["prompt"] for one in moved]
    assert FILM == content
    assert (400, "invalid_archive") == (refused.status_code, error_of(refused)["code"])
    assert 415 == typeless.status_code
