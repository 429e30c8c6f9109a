"""Server-Sent Events: what happens to a video arrives as it happens, once, in order, for its owner alone."""

import json
import time

from vitascope.videos import book
from vitascope.videos.job import Stage


def _events(lines, *, most):
    """The events of a stream, as (id, type, data)."""
    found, one = [], {}
    for line in lines:
        if not line and "data" in one:
            found.append((int(one["id"]), one["event"], json.loads(one["data"])))
            one = {}
        elif ": " in line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            one[name] = value
        if len(found) == most:
            break
    return found


def _order(client):
    return client.post("/v1/videos", json={"prompt": "a parrot"}).json()["id"]


def test_a_stream_tells_everything_and_ends_with_the_video(client, desk):
    """Queued, started, a stage with step and guess, completed: then the stream ends by itself."""
    video = _order(client)
    with client.stream("GET", f"/v1/videos/{video}/events") as stream:
        assert "text/event-stream" in stream.headers["content-type"]
        lines = stream.iter_lines()
        held = desk.begin(video)
        with desk.database.transaction() as tx:
            book.report(tx, held, Stage(name="denoise", step=3, steps=10, eta_seconds=1.5), 30, time.time())
        desk.finish(video)
        told = _events(lines, most=100)

    assert "video.queued" == told[0][1]
    assert "video.completed" == told[-1][1]
    stage = next(data for _, kind, data in told if kind == "video.stage")
    assert {
        "stage": "denoise",
        "step": 3,
        "steps": 10,
        "progress": 30,
        "eta_seconds": 1.5,
        "video_id": video,
    }.items() <= (stage.items())
    assert sorted({number for number, _, _ in told}) == [number for number, _, _ in told]


def test_a_cut_stream_goes_on_where_it_was(client, desk):
    """Last-Event-ID brings what came after it and nothing twice."""
    video = _order(client)
    desk.finish(video)
    with client.stream("GET", f"/v1/videos/{video}/events") as stream:
        told = _events(stream.iter_lines(), most=100)
    with client.stream("GET", f"/v1/videos/{video}/events", headers={"last-event-id": str(told[0][0])}) as stream:
        rest = _events(stream.iter_lines(), most=100)

    assert told[1:] == rest


def test_news_of_a_key_arrive_soon_and_are_its_own(client, desk):
    """A listener is woken, not polled for; another party's videos are not told."""
    with desk.client() as stranger, client.stream("GET", "/v1/events") as stream:
        lines = stream.iter_lines()
        next(lines)
        _order(stranger)
        video = _order(client)
        told = _events(lines, most=1)
        began = time.perf_counter()
        desk.finish(video)
        late = _events(lines, most=2)
        waited = time.perf_counter() - began

    assert [("video.queued", video)] == [(kind, data["video_id"]) for _, kind, data in told]
    assert ["video.started", "video.completed"] == [kind for _, kind, _ in late]
    assert waited < 5, "not by the next heartbeat"


def test_a_bad_last_event_id_is_named(client):
    """It is a number or nothing."""
    answer = client.get("/v1/events", headers={"last-event-id": "x"})

    assert 400 == answer.status_code


def test_streams_end_with_the_desk(tmp_path):
    """A desk that closes says goodbye to who listens, rather than wait for them."""
    from desks import Desk

    with Desk(tmp_path).listening() as short:
        short.carry()
        client = short.client()
        stream = client.send(client.build_request("GET", "/v1/events"), stream=True)
        began = time.perf_counter()
    seconds = time.perf_counter() - began
    stream.close()
    client.close()

    assert seconds < 4
