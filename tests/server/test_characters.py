"""Kept characters at the desk: made, seen, named in orders, shared, taken along and deleted, on both databases."""

import io
import json
import threading
import time
import zipfile

import numpy as np
import pytest
from desks import error_of
from PIL import Image

from tests.server.pictures import cut_out, drawing, film
from tests.server.test_showing import _member
from vitascope.programme.characters import keeping
from vitascope.worker import jobs
from vitascope.worker.jobs import Workshop
from vitascope.worker.twin import Twin

PATH = "/v1/videos/characters"


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


@pytest.fixture
def ana(desk):
    desk.carry(has_characters=True)
    with _member(desk) as one:
        desk.carry(has_characters=True)
        yield one


@pytest.fixture
def ben(desk):
    with _member(desk) as one:
        desk.carry(has_characters=True)
        yield one


def keep(member, name="Biscuit", file=None, **fields):
    """The answer to an upload."""
    return member.post(PATH, data={"name": name, **fields}, files={"video": file or drawing()})


def order(member, prompt, *characters, **more):
    """The answer to an order with characters."""
    return member.post("/v1/videos", json={"prompt": prompt, "characters": [{"id": one} for one in characters], **more})


def codes(*answers):
    """Status and code of each."""
    return [(answer.status_code, error_of(answer)["code"]) for answer in answers]


def test_a_character_is_kept_and_seen(desk, ana, ben):
    """As the published API answers, with our keys behind; its picture is one's own to see, and nobody else's."""
    made = keep(ana, "@Biscuit", facing="left", credit="Ana Lima").json()
    got = ana.get(f"{PATH}/{made['id']}").json()
    picture = ana.get(f"{PATH}/{made['id']}/content")
    small = ana.get(f"{PATH}/{made['id']}/content", params={"variant": "small"})

    assert made == got
    assert ("Biscuit", "character", True, "left", "Ana Lima", None) == tuple(
        made[name] for name in ("name", "object", "is_mine", "facing", "credit", "likeness")
    )
    assert ("image/png", "image/webp") == (picture.headers["content-type"], small.headers["content-type"])
    assert (64, 64) == Image.open(io.BytesIO(picture.content)).size
    strange = (ben.get(f"{PATH}/{made['id']}"), ben.get(f"{PATH}/{made['id']}/content"),
               ben.delete(f"{PATH}/{made['id']}"), ana.get(f"{PATH}/char_1"))  # fmt: skip
    assert [(404, "character_not_found")] * 4 == codes(*strange)


def test_own_characters_are_listed_in_pages(ana):
    """Newest first, or oldest; the SDK's cursors."""
    ids = [keep(ana, name).json()["id"] for name in ("A1", "B2", "C3")]

    first = ana.get(PATH, params={"limit": 2}).json()
    rest = ana.get(PATH, params={"after": first["last_id"]}).json()
    oldest = ana.get(PATH, params={"order": "asc", "limit": 1}).json()

    assert (ids[:0:-1], True) == ([one["id"] for one in first["data"]], first["has_more"])
    assert ([ids[0]], False) == ([one["id"] for one in rest["data"]], rest["has_more"])
    assert ids[0] == oldest["first_id"]


@pytest.mark.parametrize("kind", ["film", "GIF", "WEBP", "JPEG", "cut out"])
def test_films_and_pictures_are_taken(ana, kind):
    """Of a film the clearest frame; what is transparent stays so."""
    file = {"film": film, "cut out": cut_out}.get(kind, lambda: drawing(kind))()
    made = keep(ana, file=file).json()

    picture = np.array(Image.open(io.BytesIO(ana.get(f"{PATH}/{made['id']}/content").content)))

    assert (4 if kind == "cut out" else 3) == picture.shape[2]
    assert picture[..., :3].max() > 240
    if kind == "cut out":
        assert {0, 255} == set(np.unique(picture[..., 3]))


@pytest.mark.parametrize(
    ("name", "file", "param"),
    [
        ("!!!", drawing(), "name"),
        ("x" * 81, drawing(), "name"),
        ("Bo", b"no film", "video"),
        ("Bo", drawing(side=4), "video"),
        ("Bo", drawing(colour="white"), "video"),
        ("Bo", cut_out((0, 0, 0, 0)), "video"),
    ],
)
def test_what_cannot_be_kept(desk, ana, name, file, param):
    """Names no prompt can say, files that show nothing; no file stays."""
    answer = keep(ana, name, file)

    assert (400, param) == (answer.status_code, error_of(answer)["param"])
    assert [] == [key for key in desk.blobs.keys("characters") if ana.party in key]


def test_a_prompt_names_its_characters(desk, ana, ben):
    """In an order, in brackets or JSON, and in a batch; what cannot be is refused with its field."""
    biscuit, bo = (keep(ana, name).json()["id"] for name in ("Biscuit", "Bo"))

    made = order(ana, "Biscuit chases Bo", biscuit, bo).json()
    form = ana.post("/v1/videos", data={"prompt": "Bo jumps", "characters[][id]": bo}).json()
    batch = ana.post("/v1/videos/batch", json={"requests": [{"prompt": "Bo spins", "characters": [{"id": bo}]}]}).json()

    assert [[biscuit, bo], [bo], [bo]] == [one["characters"] for one in (made, form, batch["data"][0])]
    unnamed, strange, gone = order(ana, "a dog jumps", bo), order(ben, "Bo jumps", bo), order(ana, "Bo", "char_x")
    assert [(400, "invalid_character"), (404, "character_not_found"), (404, "character_not_found")] == codes(
        unnamed, strange, gone
    )
    assert {"characters"} == {error_of(one)["param"] for one in (unnamed, strange, gone)}
    picture = {"image_url": "data:image/png;base64,AAAA"}
    bad = [order(ana, "Bo", bo, bo), order(ana, "Bo", bo, biscuit, "c"), order(ana, "Bo", bo, input_reference=picture)]
    assert [(400, "invalid_value")] * 3 == codes(*bad)
    desk.carry(has_characters=False)
    assert [(400, "unsupported_parameter")] == codes(order(ana, "Bo jumps", bo))


def test_a_character_is_shared_as_its_owner_says(desk, ana, ben):
    """With nobody, with people who are named, with everybody; taken back, a waiting video with it fails, unpaid."""
    bo = keep(ana, "Bo").json()["id"]

    def share(**said):
        return ana.post(f"{PATH}/{bo}/sharing", json=said)

    before = order(ben, "Bo jumps", bo)
    given = share(circle="approved", approved=[ben.party]).json()["data"]
    first, seen = order(ben, "Bo jumps", bo), ben.get(f"{PATH}/{bo}").json()
    everybody = share(circle="everybody").json()["data"]
    second = order(ben, "Bo spins", bo)
    nobody = share(circle="nobody").json()["data"]
    after = order(ben, "Bo jumps", bo)

    assert [(404, "character_not_found")] * 2 == codes(before, after)
    assert [[ben.party], ["public"], []] == [[one["for"] for one in each] for each in (given, everybody, nobody)]
    assert (200, 200, False) == (first.status_code, second.status_code, seen["is_mine"])
    assert [] == ana.get("/v1/rights/likenesses").json()["data"]  # it is nobody's face
    crowd = share(circle="approved", approved=[f"party_{number}" for number in range(201)])
    assert "201" in error_of(crowd)["message"]
    assert [(400, "invalid_value")] * 3 == codes(
        share(circle="approved"), share(circle="nobody", approved=["x"]), crowd
    )
    _paint(desk, second.json()["id"])
    ended = ben.get(f"/v1/videos/{second.json()['id']}").json()
    assert ("failed", "character_not_found") == (ended["status"], ended["error"]["code"])


def _paint(desk, video, engine=None):
    """What a worker does with a job."""
    shop = Workshop(
        worker=desk.worker, database=desk.database, blobs=desk.blobs, engines={"twin": engine or Twin(0.0)},
        stopping=threading.Event(),
    )  # fmt: skip
    due = jobs.paint(shop, video)
    if due is not None:
        jobs.finish(shop, video, due)


def test_who_is_in_it_reaches_the_engine(desk, ana):
    """Name, picture, the way it looks, whom to thank; a file with a credential as it came."""
    bo = keep(ana, "Bo", cut_out(), facing="right", credit="Ana").json()["id"]
    given = []

    class Looking(Twin):
        def paint(self, wanted, *, given: object, **facts):
            seen.extend(
                (one.name, one.faces, one.thanks, one.as_sent, one.picture.read_bytes()[:4]) for one in given.cast
            )
            return super().paint(wanted, given=given, **facts)

    seen = given
    video = order(ana, "Bo jumps", bo).json()["id"]
    _paint(desk, video, Looking(0.0))

    assert [("Bo", 1, "Kept character Bo: Ana", None, b"\x89PNG")] == given
    assert "completed" == ana.get(f"/v1/videos/{video}").json()["status"]


def test_a_deleted_character_is_gone(desk, ana):
    """Its files, too; a waiting video with it fails and says why; another one is made."""
    bo, kit = (keep(ana, name).json()["id"] for name in ("Bo", "Kit"))
    lost, made = order(ana, "Bo jumps", bo).json()["id"], order(ana, "Kit jumps", kit).json()["id"]

    told = ana.delete(f"{PATH}/{bo}").json()

    assert {"id": bo, "object": "character.deleted", "deleted": True} == told
    assert [] == list(desk.blobs.keys(f"characters/{ana.party}/{bo}"))
    assert 2 == len(list(desk.blobs.keys(f"characters/{ana.party}/{kit}")))
    for video in (lost, made):
        _paint(desk, video)
    ended = [ana.get(f"/v1/videos/{video}").json() for video in (lost, made)]
    assert ["failed", "completed"] == [one["status"] for one in ended]
    assert "character_not_found" == ended[0]["error"]["code"]
    assert [(404, "character_not_found")] * 2 == codes(ana.get(f"{PATH}/{bo}"), order(ana, "Bo jumps", bo))


def test_a_character_made_from_somebody_takes_their_yes_each_time(desk, ana, ben):
    """At its making, with every order, and when the video is begun; a claimed name says whose likeness it is."""
    name = f"Mask-{ana.party[-8:]}"
    unclaimed = keep(ben, "Mossy", likeness=name)
    ana.post(f"/v1/rights/likenesses/{name}", json={"circle": "nobody"})
    refused = keep(ben, "Mossy", likeness=f"@{name}"), keep(ben, name)
    ana.post(
        f"/v1/rights/likenesses/{name}", json={"circle": "approved", "approved": [ben.party], "never_with": ["beer"]}
    )
    mossy, named = keep(ben, "Mossy", likeness=name).json(), keep(ben, name).json()
    assert [name.casefold()] * 2 == [mossy["likeness"], named["likeness"]]

    first, beer = order(ben, "Mossy jumps", mossy["id"]), order(ben, "Mossy drinks beer", mossy["id"])
    ana.post(f"/v1/rights/likenesses/{name}", json={"circle": "nobody"})
    after = order(ben, "Mossy jumps", mossy["id"])
    _paint(desk, first.json()["id"])

    assert [(403, "likeness_not_permitted")] * 5 == codes(unclaimed, *refused, beer, after)
    ended = ben.get(f"/v1/videos/{first.json()['id']}").json()
    assert ("failed", "likeness_not_permitted") == (ended["status"], ended["error"]["code"])


def test_a_remix_keeps_whom_it_still_names(desk, ana):
    """Whoever the new prompt no longer says is no longer in it."""
    bo, kit = (keep(ana, name).json()["id"] for name in ("Bo", "Kit"))
    video = order(ana, "Bo chases Kit", bo, kit).json()["id"]
    _paint(desk, video)

    remixed = ana.post(f"/v1/videos/{video}/remix", json={"prompt": "Kit spins in the snow"}).json()

    assert [kit] == remixed["characters"]


def test_characters_go_along(desk, ana, ben):
    """Out of one house and into another: picture and all; twice changes nothing; broken ones stay out."""
    bo = keep(ana, "Bo", cut_out(), facing="left", credit="").json()
    packed = ana.get("/v1/export").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (line,) = (json.loads(one) for one in archive.read("characters.jsonl").splitlines())
        assert ("Bo", -1, "") == (line["name"], line["faces"], line["credit"])
        assert f"characters/{bo['id']}/picture.png" in archive.namelist()

    def bring(content):
        return ben.post("/v1/import", content=content, headers={"content-type": "application/zip"}).json()

    counts = [bring(packed)["characters"] for _ in range(2)]
    (got,) = ben.get(PATH).json()["data"]
    assert [1, 0] == counts
    assert (bo["name"], bo["facing"], bo["created_at"]) == (got["name"], got["facing"], got["created_at"])
    assert bo["id"] != got["id"]
    pictures = [one.get(f"{PATH}/{id_}/content").content for one, id_ in ((ana, bo["id"]), (ben, got["id"]))]
    assert np.array_equal(*(np.array(Image.open(io.BytesIO(one))) for one in pictures))

    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("videos.jsonl", "")
        archive.writestr("characters.jsonl", json.dumps({**line, "id": "char_" + "0" * 32, "name": "Kit"}))
        archive.writestr(f"characters/char_{'0' * 32}/picture.png", b"no picture")
    assert 0 == bring(broken.getvalue())["characters"]
    assert 1 == len(ben.get(PATH).json()["data"])


def test_there_is_an_end_of_characters(desk, ana, monkeypatch):
    """Who keeps as many as there may be is told so; deleting one makes room."""
    monkeypatch.setattr(keeping, "MOST", 1)
    bo = keep(ana, "Bo").json()["id"]

    full = keep(ana, "Kit")
    ana.delete(f"{PATH}/{bo}")

    assert [(429, "insufficient_quota")] == codes(full)
    assert "false" == full.headers["x-should-retry"]
    assert 200 == keep(ana, "Kit").status_code


def test_files_without_a_row_are_swept(desk, ana):
    """Of uploads that broke off, an hour later; what has a row stays."""
    bo = keep(ana, "Bo").json()["id"]
    old, young = (f"characters/{ana.party}/{keeping.new_id(time.time() - age)}/picture.png" for age in (7200, 60))
    for key in (old, young):
        desk.blobs.put(key, b"lost", media_type="image/png")

    removed = keeping.sweep(desk.database, desk.blobs, time.time())
    left = list(desk.blobs.keys(f"characters/{ana.party}"))

    assert removed >= 1
    assert old not in left
    assert young in left
    assert any(bo in key for key in left)
