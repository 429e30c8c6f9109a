"""The bad-input list: each is refused in the envelope, with a code and the field, and nothing is queued."""

import json
import socket
import threading
import time
from io import BytesIO

import numpy as np
import pytest
from desks import error_of
from PIL import Image

P = {"prompt": "a parrot flies"}


def _png(size=(40, 30)):
    file = BytesIO()
    Image.fromarray(np.full((size[1], size[0], 3), 90, np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({}, "missing_required_parameter", "prompt"),
        ({"prompt": ""}, "invalid_value", "prompt"),
        ({"prompt": "   "}, "invalid_prompt", "prompt"),
        ({"prompt": 7}, "invalid_value", "prompt"),
        ({"prompt": ["a"]}, "invalid_value", "prompt"),
        ({"prompt": "a\x00b"}, "invalid_value", "prompt"),
        ({"prompt": "a\ud800b"}, "invalid_value", "prompt"),
        ({"prompt": "a" * 32_001}, "invalid_value", "prompt"),
        ({**P, "colour": "red"}, "unknown_parameter", "colour"),
        ({**P, "output_path": "/etc/passwd"}, "unknown_parameter", "output_path"),
        ({**P, "seconds": 0}, "invalid_seconds", "seconds"),
        ({**P, "seconds": -1}, "invalid_seconds", "seconds"),
        ({**P, "seconds": "36000"}, "invalid_seconds", "seconds"),
        ({**P, "seconds": 1e999}, "invalid_body", None),
        ({**P, "seconds": "four"}, "invalid_value", "seconds"),
        ({**P, "seconds": True}, "invalid_value", "seconds"),
        ({**P, "num_frames": 0}, "invalid_value", "num_frames"),
        ({**P, "num_frames": 16, "seconds": 2}, "invalid_value", "num_frames"),
        ({**P, "size": "big"}, "invalid_size", "size"),
        ({**P, "size": "0x0"}, "invalid_size", "size"),
        ({**P, "size": "99999x16"}, "invalid_size", "size"),
        ({**P, "size": "64x64", "width": 64}, "invalid_value", "size"),
        ({**P, "width": 64}, "invalid_value", "height"),
        ({**P, "seed": -1}, "invalid_value", "seed"),
        ({**P, "seed": 2**63}, "invalid_value", "seed"),
        ({**P, "seed": 1.5}, "invalid_value", "seed"),
        ({**P, "fps": 0}, "invalid_value", "fps"),
        ({**P, "steps": 101}, "invalid_value", "steps"),
        ({**P, "steps": 4, "num_inference_steps": 4}, "invalid_value", "steps"),
        ({**P, "priority": "urgent"}, "invalid_value", "priority"),
        ({**P, "mining": "sometimes"}, "invalid_value", "mining"),
        ({**P, "mining": "constrained"}, "missing_required_parameter", "mining_terms"),
        ({**P, "mining_terms": "https://a.example/"}, "invalid_value", "mining_terms"),
        ({**P, "mining": "constrained", "mining_terms": "javascript:x"}, "invalid_value", "mining_terms"),
        ({**P, "n": 2}, "unsupported_parameter", "n"),
        ({**P, "lora": "x"}, "unsupported_parameter", "lora"),
        ({**P, "negative_prompt": "rain"}, "unsupported_parameter", "negative_prompt"),
        ({**P, "characters": [{"id": "c"}]}, "unsupported_parameter", "characters"),
        ({**P, "characters": ["c"]}, "invalid_value", "characters"),
        ({**P, "characters": [{"id": "c", "name": "C"}]}, "invalid_value", "characters"),
        ({**P, "characters": [{"id": one} for one in "abc"]}, "invalid_value", "characters"),
        ({**P, "characters": {"id": "c"}}, "invalid_value", "characters"),
        ({**P, "enhance_prompt": True}, "unsupported_parameter", "enhance_prompt"),
        ({**P, "model": "wan"}, "model_not_found", "model"),
        ({**P, "extra_body": {"prompt": "b"}}, "invalid_value", "prompt"),
        ({**P, "input_reference": {"file_id": "f"}}, "unsupported_parameter", "input_reference"),
        ({**P, "input_reference": {}}, "invalid_value", "input_reference"),
        ({**P, "input_reference": {"image_url": "https://a.example/"}}, "unsupported_parameter", "input_reference"),
        ({**P, "input_reference": {"image_url": "http://127.0.0.1/"}}, "unsupported_parameter", "input_reference"),
        ({**P, "input_reference": {"image_url": "data:image/png;base64,@@"}}, "invalid_value", "input_reference"),
        ({**P, "input_reference": {"image_url": "data:image/png"}}, "invalid_value", "input_reference"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named(client, desk, fields, code, param):
    """Wrong types, unknown names, values out of every range: 400 or 404, with code and field."""
    entered = len(desk.queue.entered)
    answer = client.post("/v1/videos", content=json.dumps(fields), headers={"content-type": "application/json"})

    assert answer.status_code in {400, 404}
    assert (code, param) == (error_of(answer)["code"], error_of(answer)["param"])
    assert entered == len(desk.queue.entered)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'"text"'),
        ("application/json", b'{"prompt": NaN}'),
        ("application/json", b"\xff\xfe"),
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"prompt": "a", "seed": ' + b"9" * 5000 + b"}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na'),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\na\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("application/x-www-form-urlencoded", b"prompt=a&prompt=b"),
        ("application/x-www-form-urlencoded", b"prompt=%00"),
    ],
)
def test_a_broken_body_is_a_bad_request(client, kind, content):
    """Broken JSON, broken and empty multipart, doubled fields: 400, never 500."""
    answer = client.post("/v1/videos", content=content, headers={"content-type": kind})

    assert 400 == answer.status_code
    assert error_of(answer)["code"] in {"invalid_body", "missing_required_parameter", "invalid_value"}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_a_body_of_another_type_is_refused(client, kind):
    """Neither JSON nor a form: 415."""
    answer = client.post("/v1/videos", content=b"prompt=a", headers={"content-type": kind})

    assert (415, "unsupported_media_type") == (answer.status_code, error_of(answer)["code"])


def test_both_forms_of_a_picture_at_once_are_refused(client):
    """A file and an object of the same name contradict each other."""
    answer = client.post(
        "/v1/videos", data={**P, "input_reference[image_url]": "data:,"}, files={"input_reference": _png()}
    )

    assert (400, "invalid_body") == (answer.status_code, error_of(answer)["code"])


@pytest.mark.parametrize("is_announced", [True, False], ids=["with its length", "in chunks"])
def test_a_hundred_megabytes_are_too_many(client, is_announced):
    """413 in the envelope, whether the client says the length beforehand or not."""
    piece = b"\0" * (1 << 20)

    def pieces():
        for _ in range(100):
            yield piece

    head = {"content-type": "application/json"}
    if is_announced:
        head["content-length"] = str(100 << 20)
    answer = client.post("/v1/videos", content=pieces(), headers=head)

    assert (413, "request_too_large") == (answer.status_code, error_of(answer)["code"])


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", _png()[:60], b"GIF89a" + b"\0" * 40, _png((8000, 6000))],
    ids=["empty", "text", "cut short", "gif", "48 megapixels in 140 kB"],
)
def test_a_picture_that_is_none_or_a_bomb_is_refused(client, content):
    """Opened in a process of its own; refused with a sentence, the desk lives on."""
    answer = client.post("/v1/videos", data=P, files={"input_reference": ("a.png", content, "image/png")})

    assert (400, "invalid_image") == (answer.status_code, error_of(answer)["code"])
    assert 200 == client.get("/healthz").status_code


def test_the_same_picture_in_two_forms_is_kept_once(client, desk):
    """A file and a data URL of one picture lie under one key: our own PNG of it, not the bytes that were sent."""
    import base64

    url = "data:image/png;base64," + base64.b64encode(_png()).decode()
    one = client.post("/v1/videos", data={**P, "seed": "1"}, files={"input_reference": _png()})
    two = client.post("/v1/videos", json={**P, "seed": 1, "input_reference": {"image_url": url}})

    assert [200, 200] == [one.status_code, two.status_code]
    with desk.database.reading() as tx:
        from vitascope.videos import repository

        keys = {repository.find(tx, answer.json()["id"]).order.image for answer in (one, two)}
    assert 1 == len(keys)
    assert desk.blobs.read(keys.pop()).startswith(b"\x89PNG")


def test_keys_are_refused_with_their_own_reason(desk, client):
    """No key, a mistyped one, one of another house, an expired one, a revoked one, one without the scope."""
    from vitascope.programme import keys
    from vitascope.programme.credential import draw

    good = desk.key()
    revoked = desk.key()
    with desk.database.transaction() as tx:
        keys.revoke(tx, desk.app.state.desk.log, revoked.key.id, by=keys.OPERATOR, now=time.time())
    swapped = good.credential[:-1] + ("A" if good.credential[-1] != "A" else "B")
    expired = desk.key(expires_in=0.3).credential
    time.sleep(0.4)
    expected = {
        "": "missing_api_key",
        "Basic abc": "missing_api_key",
        f"Bearer {swapped}": "mistyped_api_key",
        "Bearer sk-proj-abc": "mistyped_api_key",
        f"Bearer {draw().text}": "invalid_api_key",
        f"Bearer {expired}": "expired_api_key",
        f"Bearer {revoked.credential}": "revoked_api_key",
    }
    got = {}
    for header in expected:
        answer = client.get("/v1/videos", headers={"authorization": header})
        assert 401 == answer.status_code
        got[header] = error_of(answer)["code"]
    assert expected == got

    reader = desk.key(scopes=("video.read",)).credential
    answer = client.post("/v1/videos", json=P, headers={"authorization": f"Bearer {reader}"})
    assert (403, "missing_scope", "permission_error") == (
        answer.status_code,
        *(error_of(answer)[k] for k in ("code", "type")),
    )


def test_a_bad_key_is_told_before_the_body_is_read(client):
    """Nobody without a key makes the desk read or open anything."""
    answer = client.post("/v1/videos", content=b"{", headers={"authorization": "Bearer no", "content-type": "x/y"})

    assert 401 == answer.status_code


@pytest.mark.parametrize(
    "cursor", ["video_0", "..%2F..", "\x00", "x" * 101, "video_\u00e9", "'; DROP TABLE videos; --"]
)
def test_a_cursor_that_is_none_is_not_found(client, cursor):
    """Ids that no id looks like are 400 or 404, on every database."""
    answer = client.get("/v1/videos", params={"after": cursor})

    assert answer.status_code in {400, 404}
    error_of(answer)


@pytest.mark.parametrize("params", [{"limit": "-1"}, {"limit": "101"}, {"limit": "x"}, {"order": "up"}, {"state": "x"}])
def test_bad_parameters_are_named(client, params):
    """400 with the parameter, not the framework's 422."""
    answer = client.get("/v1/videos", params=params)

    assert (400, *params) == (answer.status_code, error_of(answer)["param"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404), ("GET", "/v2/videos", 404), ("GET", "/v1/", 404), ("POST", "/v1/videos/", 404),
        ("PUT", "/v1/videos", 405), ("PATCH", "/v1/videos/video_1", 405), ("TRACE", "/v1/videos", 405),
        ("GET", "/v1/videos/video_%00", 404), ("GET", "/v1/videos/%2e%2e%2fsecret", 404),
        ("DELETE", "/v1/videos/a%2Fb", 404),
    ],
)  # fmt: skip
def test_paths_and_methods_that_are_none(client, method, path, status):
    """404 and 405 come in the envelope; 405 with what is allowed."""
    answer = client.request(method, path)

    assert status == answer.status_code
    error_of(answer)
    assert status != 405 or answer.headers["allow"]


def test_an_idempotency_key_must_be_one(client):
    """Empty or endless keys are refused, with the name of the header."""
    for key in ("", "k" * 256):
        answer = client.post("/v1/videos", json=P, headers={"idempotency-key": key})
        assert (400, "Idempotency-Key") == (answer.status_code, error_of(answer)["param"])


def test_a_body_that_never_comes_is_given_up(desk, monkeypatch):
    """Who announces a body and sends none hears 408 after a while, and holds nothing up."""
    from vitascope.server import edge

    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)
    host, port = desk.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        key = desk.key().credential
        line.sendall(
            f"POST /v1/videos HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\n"
            "Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{".encode()
        )
        said = line.recv(4096).decode()

    assert " 408 " in said.splitlines()[0]


def test_a_queue_that_is_full_says_so(desk, client, tmp_path):
    """429 with Retry-After, and nothing was taken."""
    from dataclasses import replace

    from desks import PLAIN, Desk

    with Desk(tmp_path, settings=replace(PLAIN, queue_limit=1)).listening() as small:
        small.carry()
        with small.client() as one:
            assert 200 == one.post("/v1/videos", json=P).status_code
            refused = one.post("/v1/videos", json=P)

    assert (429, "queue_full") == (refused.status_code, error_of(refused)["code"])
    assert int(refused.headers["retry-after"]) >= 1


def test_without_a_worker_nothing_is_pretended(tmp_path, monkeypatch):
    """Before any worker spoke: 503 with Retry-After; with workers lost: jobs are taken, and it is said."""
    from desks import Desk

    monkeypatch.setattr("vitascope.server.placing.FIRST_WORKER_SECONDS", 0.0)
    with Desk(tmp_path).listening() as empty, empty.client() as one:
        refused = one.post("/v1/videos", json=P)
        empty.carry()
        with empty.database.transaction() as tx:
            from vitascope.videos import workers

            workers.leave(tx, empty.worker)
        video = one.post("/v1/videos", json=P).json()["id"]
        state = one.get(f"/v1/videos/{video}").json()["state"]

    assert (503, "no_model_yet", "2") == (
        refused.status_code,
        error_of(refused)["code"],
        refused.headers["retry-after"],
    )
    assert "waiting_for_worker" == state


def test_the_first_order_waits_for_the_first_worker(tmp_path):
    """Who pastes the example at once orders before the model is open: the answer comes when it is."""
    from desks import Desk

    with Desk(tmp_path).listening() as new, new.client() as one:
        worker = threading.Timer(0.7, new.carry)
        worker.start()
        began = time.monotonic()
        answer = one.post("/v1/videos", json=P)
        worker.join()

    assert (200, "twin") == (answer.status_code, answer.json().get("model"))
    assert time.monotonic() - began > 0.5
