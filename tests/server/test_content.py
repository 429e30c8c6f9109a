"""Content over HTTP: whole, in parts, unchanged, not yet, never, no more."""

import hashlib
import re

import pytest
from desks import FILM, error_of


@pytest.fixture
def film(client, desk):
    """The path of a finished film."""
    video = client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]
    desk.finish(video)
    return f"/v1/videos/{video}/content"


@pytest.mark.parametrize(
    ("variant", "kind"),
    [(None, "video/mp4"), ("video", "video/mp4"), ("thumbnail", "image/webp"), ("spritesheet", "image/jpeg")],
)  # fmt: skip
def test_each_variant_is_handed_out(client, film, variant, kind):
    """Bytes, type, length and hash are those of the file; the SDK's odd Accept is no matter."""
    answer = client.get(film, params=variant and {"variant": variant}, headers={"accept": "application/binary"})

    assert (200, FILM, kind) == (answer.status_code, answer.content, answer.headers["content-type"])
    assert str(len(FILM)) == answer.headers["content-length"]
    assert f'"{hashlib.sha256(FILM).hexdigest()}"' == answer.headers["etag"]


def test_parts_are_handed_out(client, film):
    """A player seeks: 206 with the asked bytes, and where they lie."""
    answer = client.get(film, headers={"range": "bytes=100-199"})

    assert (206, FILM[100:200]) == (answer.status_code, answer.content)
    assert f"bytes 100-199/{len(FILM)}" == answer.headers["content-range"]
    assert FILM[-5:] == client.get(film, headers={"range": "bytes=-5"}).content


@pytest.mark.parametrize("header", ["bytes=x", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2"])
def test_a_range_that_cannot_be_read_gives_the_whole(client, film, header):
    """As the standard has it."""
    answer = client.get(film, headers={"range": header})

    assert (200, FILM) == (answer.status_code, answer.content)


def test_a_range_behind_the_end_is_refused(client, film):
    """416 in the envelope, with the size."""
    answer = client.get(film, headers={"range": "bytes=999999-"})

    assert (416, "range_not_satisfiable") == (answer.status_code, error_of(answer)["code"])
    assert f"bytes */{len(FILM)}" == answer.headers["content-range"]


def test_what_a_client_has_is_not_sent_again(client, film):
    """304 for the tag it has; a part of another file is never mixed into it; HEAD sends no bytes."""
    tag = client.get(film).headers["etag"]

    assert 304 == client.get(film, headers={"if-none-match": tag}).status_code
    assert 200 == client.get(film, headers={"range": "bytes=0-9", "if-range": '"other"'}).status_code
    assert 206 == client.get(film, headers={"range": "bytes=0-9", "if-range": tag}).status_code
    head = client.head(film)
    assert (200, b"", str(len(FILM))) == (head.status_code, head.content, head.headers["content-length"])


def test_content_not_yet_never_and_no_more(client, desk):
    """404 with Retry-After before, 404 with the reason after a failure, 410 once expired, 400 for another variant."""
    video = client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]
    early = client.get(f"/v1/videos/{video}/content")
    unknown = client.get(f"/v1/videos/{video}/content", params={"variant": "poster"})
    desk.finish(video, keep_seconds=-1)
    late = client.get(f"/v1/videos/{video}/content")

    assert (404, "video_not_ready") == (early.status_code, error_of(early)["code"])
    assert int(early.headers["retry-after"]) >= 1
    assert (400, "unknown_variant", "variant") == (
        unknown.status_code,
        *(error_of(unknown)[k] for k in ("code", "param")),
    )
    assert (410, "expired") == (late.status_code, error_of(late)["code"])
    assert "completed" == client.get(f"/v1/videos/{video}").json()["status"]


def test_a_lost_file_is_an_error_and_no_empty_film(client, desk, film):
    """The store is asked before a status is sent."""
    desk.blobs.remove(list(desk.blobs.keys("videos/" + film.split("/")[3])))
    answer = client.get(film)

    assert (503, "files_unavailable") == (answer.status_code, error_of(answer)["code"])


def test_latents_are_handed_out_by_no_route(client, desk):
    """Every path of the API that is read, asked for a job in mid-denoise in all ways that name its latents."""
    video = client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]
    desk.begin(video)
    desk.blobs.put(f"latents/{video}", b"between noise and clip", media_type="application/octet-stream")
    paths = {
        re.sub(r"{[^}]+}", name, path)
        for path, calls in client.get("/openapi.json").json()["paths"].items()
        for name in (video, f"..%2F..%2Flatents%2F{video}", f"latents%2F{video}")
        if "get" in calls and not path.endswith("events")  # which do not end
    }
    asked = [client.get(path, params=query) for path in paths for query in ({}, {"variant": "latents"})]

    assert len(paths) > 20
    assert {200, 404} <= {answer.status_code for answer in asked}
    assert not any(b"between noise" in answer.content for answer in asked)
    assert not any(answer.status_code >= 500 for answer in asked)
    desk.blobs.remove([f"latents/{video}"])
