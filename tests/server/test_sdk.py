"""The official SDK against the whole house over HTTP: all calls, sync and async; one clip of the embedded model."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx2
import openai
import pytest
from served import House

from tests.server.pictures import cut_out, drawing

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")  # it is, elsewhere
NODE = Path(__file__).parents[2] / ".node"
PROMPT = "a parrot flies over a beach at sunset"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Desk and worker; the worker carries the sleeping twin and the embedded model."""
    folder = tmp_path_factory.mktemp("house")
    house = House(folder, "--model", "twin", "--model", "s", "--twin-seconds", "0.2", VITASCOPE_PLAIN_WEBHOOKS="1",
                  VITASCOPE_DEFAULT_MODEL="twin")  # fmt: skip
    try:
        with httpx2.Client(base_url=house.address, headers=_headers(house), timeout=60) as client:
            house.wait_for_worker(client)
        yield house
    finally:
        status = house.end()
    assert 0 == status
    assert '"event": "bug"' not in house.log
    assert PROMPT not in house.log
    assert house.key not in house.log


def _headers(house):
    return {"authorization": f"Bearer {house.key}"}


@pytest.fixture
def client(house):
    with openai.OpenAI(base_url=f"{house.address}/v1", api_key=house.key, max_retries=0) as client:
        yield client


def test_the_pasted_example_makes_a_film(house, client, tmp_path):
    """The three lines of the greeting, against the embedded model: a film that plays, marked and sealed here."""
    import av

    video = client.videos.create_and_poll(prompt=PROMPT, model="s", seconds="2", extra_body={"seed": 7})
    film = tmp_path / "parrot.mp4"
    client.videos.download_content(video.id).write_to_file(film)
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").read()
    sheet = client.videos.download_content(video.id, variant="spritesheet").read()
    check = client.content_provenance_checks.create(file=film)
    pictures = [client.content_provenance_checks.create(file=one) for one in (thumbnail, sheet)]
    exported = httpx2.get(f"{house.address}/v1/export", headers=_headers(house), timeout=60).content
    archive = ZipFile(BytesIO(exported))

    assert ("completed", 100, "s", "256x256", "2") == (
        video.status, video.progress, video.model, video.size, video.seconds,
    )  # fmt: skip
    with av.open(str(film)) as container:
        assert 16 == sum(1 for _ in container.decode(video=0))
    assert (b"RIFF", b"\xff\xd8\xff") == (thumbnail[:4], sheet[:3])
    assert ("c2pa", "detected", "trusted") == (
        check.results[0].type, check.results[0].outcome, check.results[0].validation_state,
    )  # fmt: skip
    assert check.made_here is True
    assert [("trusted", "detected")] * 2 == [
        (one.results[0].validation_state, one.results[1].outcome) for one in pictures
    ]
    left = {archive.read(name) for name in archive.namelist() if name.startswith(f"files/{video.id}/")}
    assert {film.read_bytes(), thumbnail, sheet} == left


def test_a_kept_character_is_in_its_film(house, client, tmp_path):
    """By official SDK and embedded model: its colour in every frame, its owner thanked, its file in the chain."""
    import av

    bo = client.videos.create_character(name="Bo", video=("bo.png", cut_out(), "image/png"))
    video = client.videos.create_and_poll(
        prompt="Bo jumps over a beach", model="s", seconds="1", extra_body={"characters": [{"id": bo.id}], "seed": 7}
    )
    film = tmp_path / "bo.mp4"
    client.videos.download_content(video.id).write_to_file(film)

    assert ("completed", [bo.id]) == (video.status, video.characters)
    assert any(line.startswith("Kept character Bo: ") for line in video.credits)
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            red, green, blue = frame.to_ndarray(format="rgb24").astype(int).transpose(2, 0, 1)
            assert 0.2 < ((red > 180) & (blue > 180) & (green < 110)).mean() < 0.5
    assert "trusted" == client.content_provenance_checks.create(file=film).results[0].validation_state
    assert b"componentOf" in film.read_bytes()


def test_a_prompt_that_names_nothing_fails_with_a_reason(client):
    """A failed job is answered with 200: ``poll`` returns it, with a code for programs."""
    video = client.videos.create_and_poll(prompt="qwxz vbnm", model="s", seconds="1")

    assert ("failed", "nothing_known_in_prompt") == (video.status, video.error.code)


def test_the_calls_of_the_sdk(client):
    """Create, poll, retrieve, list, content, remix, delete, characters; edit and extend refused with their code."""
    video = client.videos.create(prompt=PROMPT, seconds="4", size="720x1280")
    video = client.videos.poll(video.id)
    remix = client.videos.poll(client.videos.remix(video.id, prompt="a cat jumps").id)
    content = client.videos.download_content(video.id).read()
    listed = [one.id for one in client.videos.list(limit=1)][:2]

    assert ("completed", "4", "720x1280") == (video.status, video.seconds, video.size)
    assert video.id == remix.remixed_from_video_id
    assert [remix.id, video.id] == listed
    assert content.endswith(PROMPT.encode())
    refused = [
        lambda: client.videos.edit(prompt="x", video=b"film"),
        lambda: client.videos.edit(prompt="x", video=openai.omit, extra_body={"video": {"id": video.id}}),
        lambda: client.videos.extend(prompt="x", seconds="4", video=b"film"),
    ]
    for call in refused:
        with pytest.raises(openai.BadRequestError) as error:
            call()
        assert "unsupported_operation" == error.value.code
        assert error.value.request_id
    mossy = client.videos.create_character(name="Mossy", video=drawing())
    assert mossy.model_dump() == client.videos.get_character(mossy.id).model_dump()
    cast = {"characters": [{"id": mossy.id}]}
    assert "completed" == client.videos.create_and_poll(prompt="Mossy jumps", extra_body=cast).status
    with pytest.raises(openai.NotFoundError):
        client.videos.get_character("char_1")
    with pytest.raises(openai.BadRequestError, match="does not name 'Mossy'"):
        client.videos.create(prompt=PROMPT, extra_body=cast)
    assert client.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError) as error:
        client.videos.retrieve(video.id)
    assert "video_not_found" == error.value.code


def test_the_ways_round_what_the_sdk_cannot_send(client):
    """Pictures by data URL, extra fields, JSON through ``post``: as the docs show them."""
    import base64
    from io import BytesIO

    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (32, 32), "teal").save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    by_file = client.videos.create(prompt=PROMPT, input_reference=("a.png", file.getvalue(), "image/png"))
    by_url = client.videos.create(prompt=PROMPT, extra_body={"input_reference": {"image_url": url}, "seed": 3})
    by_json = client.post("/videos", body={"prompt": PROMPT, "seed": 4}, cast_to=openai.types.Video)

    assert ["completed"] * 3 == [client.videos.poll(one.id).status for one in (by_file, by_url, by_json)]
    assert [3, 4] == [by_url.seed, by_json.seed]


def test_all_pages_are_walked(client):
    """The SDK walks on by ``last_id`` until ``has_more`` is false."""
    made = [client.videos.create(prompt=f"{PROMPT} {number}").id for number in range(5)]
    walked = [one.id for one in client.videos.list(limit=2)]

    assert made[::-1] == walked[:5]


def test_webhooks_reach_their_receiver(client, tmp_path):
    """Made, listed, changed and rotated through the SDK; a finished video is delivered, signed as unwrap wants."""
    import http.server
    import threading

    got = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["content-length"])).decode(), dict(self.headers)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    hook = client.webhooks.create(name="studio", url=url, event_types=["video.completed"])
    assert hook.id in [one.id for one in client.webhooks.list()]
    assert "film" == client.webhooks.update(hook.id, name="film").name
    assert "film" == client.webhooks.retrieve(hook.id).name
    secret = client.webhooks.rotate_secret(hook.id, keep_old_secret_active_for_24_hours=True).signing_secret
    assert "video.failed" in list(client.webhooks.event_types.list().data)
    video = client.videos.create_and_poll(prompt=PROMPT)
    until = time.monotonic() + 60
    while not (ours := [(body, headers) for body, headers in got if video.id in body]):
        assert time.monotonic() < until, "nothing was delivered"
        time.sleep(0.05)
    receiver.shutdown()
    receiver.server_close()

    for key in (hook.signing_secret, secret):
        event = client.webhooks.unwrap(*ours[0], secret=key)
        assert ("video.completed", video.id) == (event.type, event.data.id)
    assert client.webhooks.delete(hook.id).deleted


def test_the_async_client_makes_several_at_once(house):
    """Create, poll, download and list with the asynchronous client."""

    async def make():
        async with openai.AsyncOpenAI(base_url=f"{house.address}/v1", api_key=house.key) as client:
            films = await asyncio.gather(*(client.videos.create_and_poll(prompt=f"{PROMPT} {n}") for n in range(4)))
            contents = [await (await client.videos.download_content(film.id)).aread() for film in films]
            page = await client.videos.list(limit=4)
            return films, contents, page

    films, contents, page = asyncio.run(make())
    assert ["completed"] * 4 == [film.status for film in films]
    assert [f"{PROMPT} {n}".encode() for n in range(4)] == [content.partition(b" ")[2] for content in contents]
    assert {film.id for film in films} == {film.id for film in page.data}


def test_the_twelve_calls_of_the_async_client(house):
    """What the synchronous client does, with ``await``; and its calls on webhook endpoints."""

    async def talk():
        async with openai.AsyncOpenAI(base_url=f"{house.address}/v1", api_key=house.key, max_retries=0) as client:
            videos = client.videos
            video = await videos.poll((await videos.create(prompt=PROMPT, seconds="4")).id)
            remix = await videos.remix(video.id, prompt="a cat jumps")
            listed = [one.id async for one in videos.list(limit=2, after=remix.id)]
            refused = [
                await _code(videos.edit(prompt="x", video=b"film")),
                await _code(videos.extend(prompt="x", seconds="4", video=b"film")),
                await _code(videos.create_character(name="Mossy", video=b"film")),
                await _code(videos.get_character("char_1")),
            ]
            deleted = await videos.delete(video.id)
            gone = await _code(videos.retrieve(video.id))
            hook = await client.webhooks.create(name="a", url="https://a.example/", event_types=["video.completed"])
            hooks = [one.id async for one in client.webhooks.list()]
            rotated = await client.webhooks.rotate_secret(hook.id)
            closed = await client.webhooks.delete(hook.id)
            return video, remix, listed, refused, deleted, gone, hook, hooks, rotated, closed

    video, remix, listed, refused, deleted, gone, hook, hooks, rotated, closed = asyncio.run(talk())
    assert ("completed", video.id) == (video.status, remix.remixed_from_video_id)
    assert video.id == listed[0]
    assert ["unsupported_operation"] * 2 + ["invalid_value", "character_not_found"] == refused
    assert (True, "video_not_found") == (deleted.deleted, gone)
    assert hook.id in hooks
    assert rotated.signing_secret != hook.signing_secret
    assert closed.deleted


async def _code(call):
    """The code that a call is refused with."""
    with pytest.raises(openai.APIStatusError) as refusal:
        await call
    return refusal.value.code


@pytest.mark.node
def test_the_node_sdk_makes_a_film(house):
    """Create, poll and download with the official SDK for Node.js."""
    script = Path(__file__).with_name("sdk.mjs")
    done = subprocess.run(
        [shutil.which("node"), str(script), str(NODE / "node_modules/openai/index.mjs")],
        env={**os.environ, "OPENAI_BASE_URL": f"{house.address}/v1", "OPENAI_API_KEY": house.key},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert "" == done.stderr
    told = json.loads(done.stdout)
    assert ("completed", "unsupported_operation", 404) == (told["status"], told["refused"], told["gone"])
    assert told["bytes"] > 0


def test_a_house_that_is_told_to_end_loses_nothing(tmp_path):
    """SIGINT while a job is being made: status 0, no process stays, and the next start finishes the job."""
    switches = ("--model", "twin", "--twin-seconds", "2")
    first = House(tmp_path, *switches)
    headers = _headers(first)
    with httpx2.Client(base_url=first.address, headers=headers, timeout=60) as client:
        first.wait_for_worker(client)
        video = client.post("/v1/videos", json={"prompt": PROMPT}).json()["id"]
        while "in_progress" != client.get(f"/v1/videos/{video}").json()["status"]:
            time.sleep(0.05)
    assert 0 == first.end(signal.SIGINT)

    second = House(tmp_path, *switches)
    assert second.key == "", "the key is shown once"
    with httpx2.Client(base_url=second.address, headers=headers, timeout=60) as client:
        until = time.monotonic() + 120
        while "completed" != (told := client.get(f"/v1/videos/{video}").json())["status"]:
            assert told["status"] != "failed"
            assert time.monotonic() < until
            time.sleep(0.1)
    assert 0 == second.end()
