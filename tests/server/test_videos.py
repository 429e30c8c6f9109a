"""The calls on videos over HTTP: orders in every form, cursors, cancel, delete, remix."""

import json

import pytest
from desks import error_of

PROMPT = "a parrot flies over a beach"
SORA_KEYS = {
    "id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size",
    "seconds",    "remixed_from_video_id", "error",
}  # fmt: skip


def _order(client, **fields):
    return client.post("/v1/videos", json={"prompt": PROMPT, **fields}).raise_for_status().json()


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"prompt": PROMPT, "seconds": "2", "size": "64x48", "seed": 7}},
        {"json": {"prompt": PROMPT, "seconds": 2, "width": 64, "height": 48, "extra_body": {"seed": 7}}},
        {"json": {"prompt": PROMPT, "num_frames": 16, "size": "64x48", "extra_params": '{"seed": 7}'}},
        {"data": {"prompt": PROMPT, "seconds": "2", "size": "64x48", "seed": "7"}},
        {"files": {"prompt": (None, PROMPT), "seconds": (None, "2"), "size": (None, "64x48"), "seed": (None, "7")}},
        {"files": {"prompt": (None, PROMPT), "seconds": (None, "2.0"), "size": (None, "64x48"),
                   "extra_body[seed]": (None, "7")}},
    ],
)  # fmt: skip
def test_every_form_of_a_request_gives_the_same_order(client, sent):
    """JSON, form, multipart and brackets say the same, and 200 answers with all 13 keys."""
    answer = client.post("/v1/videos", **sent)

    video = answer.json()
    assert 200 == answer.status_code, answer.text
    assert set(video) >= SORA_KEYS
    assert ("2", "64x48", 7, "queued", 0) == tuple(video[k] for k in ("seconds", "size", "seed", "status", "progress"))


def test_sora_names_have_soras_defaults_and_own_names_their_own(client):
    """Who names no size gets what the published API promises; who names our model gets what it paints."""
    assert ("720x1280", "4", "twin") == tuple(_order(client, model="sora-2")[k] for k in ("size", "seconds", "model"))
    assert "64x64" == _order(client, model="twin")["size"]


def test_an_idempotency_key_gives_one_video(client):
    """The same key and request give the same video; the same key and another request are refused."""
    once = {"idempotency-key": "abc"}
    first = client.post("/v1/videos", json={"prompt": PROMPT}, headers=once).json()
    second = client.post("/v1/videos", json={"prompt": PROMPT}, headers=once).json()
    third = client.post("/v1/videos", json={"prompt": "a cat jumps"}, headers=once)

    assert first["id"] == second["id"]
    assert (422, "idempotency_key_reused") == (third.status_code, error_of(third)["code"])


def test_a_retry_of_the_sdk_gives_the_first_video(client):
    """A retried POST has another boundary and no key; it is known by what it asks."""
    first = client.post("/v1/videos", files={"prompt": (None, PROMPT)}).json()
    again = client.post("/v1/videos", files={"prompt": (None, PROMPT)}, headers={"x-stainless-retry-count": "1"}).json()

    assert first["id"] == again["id"]


def test_pages_walk_through_all_videos_once(client):
    """Cursors walk on in both orders, also from a deleted video."""
    ids = [_order(client, seed=seed)["id"] for seed in range(5)]
    page = client.get("/v1/videos", params={"limit": 2}).json()
    assert ids[:-3:-1] == [video["id"] for video in page["data"]]
    assert (ids[4], ids[3], True) == (page["first_id"], page["last_id"], page["has_more"])

    client.delete(f"/v1/videos/{ids[3]}").raise_for_status()
    rest = client.get("/v1/videos", params={"after": ids[3], "limit": 100}).json()
    assert ids[2::-1] == [video["id"] for video in rest["data"]]
    assert rest["has_more"] is False

    rising = client.get("/v1/videos", params={"order": "asc", "limit": 1}).json()
    assert [ids[0]] == [video["id"] for video in rising["data"]]
    assert {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": True} == client.get(
        "/v1/videos", params={"limit": 0}
    ).json()


def test_a_pending_video_says_when_to_look_again(client):
    """The header that the SDK's poll reads is a whole number."""
    answer = client.get(f"/v1/videos/{_order(client)['id']}")

    assert 250 <= int(answer.headers["openai-poll-after-ms"]) <= 5000
    assert {"queue_position", "eta_seconds"} <= set(answer.json())


def test_a_cancelled_video_is_failed_to_clients_of_sora(client, desk):
    """On the wire it is failed with a code; our state tells more; GET answers 200; it left the queue."""
    video = _order(client)
    cancelled = client.post(f"/v1/videos/{video['id']}/cancel").json()
    answer = client.get(f"/v1/videos/{video['id']}")

    assert ("failed", "cancelled", "cancelled") == (cancelled["status"], cancelled["state"], cancelled["error"]["code"])
    assert 200 == answer.status_code
    assert video["id"] in desk.queue.withdrawn
    assert 404 == client.get(f"/v1/videos/{video['id']}/content").status_code


def test_a_deleted_video_is_gone_with_its_files(client, desk):
    """DELETE takes an empty body with a content type, answers with the id, and the files are removed."""
    video = _order(client)["id"]
    desk.finish(video)
    deleted = client.request("DELETE", f"/v1/videos/{video}", headers={"content-type": "application/json"})

    assert {"id": video, "object": "video.deleted", "deleted": True} == deleted.json()
    assert 404 == client.get(f"/v1/videos/{video}").status_code
    assert [] == list(desk.blobs.keys(f"videos/{video}"))


def test_a_remix_is_the_same_order_with_another_prompt(client, desk):
    """Model, seed, size and length stay; the parent is named."""
    first = _order(client, seed=7, seconds="3", size="80x60")
    desk.finish(first["id"])
    remix = client.post(f"/v1/videos/{first['id']}/remix", json={"prompt": "a cat jumps"}).json()

    assert first["id"] == remix["remixed_from_video_id"]
    assert ("a cat jumps", 7, "3", "80x60") == tuple(remix[key] for key in ("prompt", "seed", "seconds", "size"))


@pytest.mark.parametrize("path", ["/v1/videos/edits", "/v1/videos/extensions"])
def test_what_no_model_can_is_refused_plainly(client, desk, path):
    """Edits and extensions are read in full, and then refused with a code of their own; nothing is queued."""
    source = _order(client)["id"]
    desk.finish(source)
    body = {"prompt": PROMPT, "video": {"id": source}, **({"seconds": "4"} if "ext" in path else {})}
    entered = len(desk.queue.entered)

    refused = [
        client.post(path, json=body),
        client.post(path, files={"prompt": (None, PROMPT), "video[id]": (None, source), "seconds": (None, "4")}),
        client.post(path, data={"prompt": PROMPT, "seconds": "4"}, files={"video": b"film"}),
    ]

    assert [(400, "unsupported_operation")] * 3 == [(one.status_code, error_of(one)["code"]) for one in refused]
    assert entered == len(desk.queue.entered)


def test_a_batch_is_all_or_nothing(client):
    """Each request becomes a video, in order; one that cannot be made stops all of them."""
    good = client.post("/v1/videos/batch", json={"requests": [{"prompt": "a"}, {"prompt": "b", "seed": 3}]})
    bad = client.post("/v1/videos/batch", json={"requests": [{"prompt": "c"}, {"prompt": "d", "size": "9x9"}]})

    assert ["a", "b"] == [video["prompt"] for video in good.json()["data"]]
    assert 400 == bad.status_code
    assert 2 == len(client.get("/v1/videos").json()["data"])


def test_another_party_sees_nothing(client, desk):
    """Another key's video is not found, whatever is asked of it: 404, not 403."""
    video = _order(client)["id"]
    with desk.client() as stranger:
        answers = [
            stranger.get(f"/v1/videos/{video}"),
            stranger.get(f"/v1/videos/{video}/content"),
            stranger.get(f"/v1/videos/{video}/events"),
            stranger.post(f"/v1/videos/{video}/cancel"),
            stranger.post(f"/v1/videos/{video}/remix", json={"prompt": "x"}),
            stranger.delete(f"/v1/videos/{video}"),
            stranger.get("/v1/videos", params={"after": video}),
        ]

    assert [(404, "video_not_found")] * 7 == [(one.status_code, error_of(one)["code"]) for one in answers]


def test_the_day_is_used_up_and_the_sdk_is_told_not_to_try_again(desk):
    """A quota is a 429 that asking again does not mend."""
    from vitascope.orders import Limits

    few = Limits(requests_per_minute=100, jobs_in_flight=100, seconds_per_day=5)
    with desk.client(desk.key(limits=few).credential) as client:
        _order(client, seconds="4")
        refused = client.post("/v1/videos", json={"prompt": PROMPT, "seconds": "4"})

    assert (429, "insufficient_quota") == (refused.status_code, error_of(refused)["code"])
    assert "false" == refused.headers["x-should-retry"]


def test_too_many_at_once_say_when_to_come_again(desk):
    """A rate limit is a 429 with Retry-After."""
    from vitascope.orders import Limits

    few = Limits(requests_per_minute=100, jobs_in_flight=1, seconds_per_day=500)
    with desk.client(desk.key(limits=few).credential) as client:
        _order(client)
        refused = client.post("/v1/videos", json={"prompt": "another"})

    assert 429 == refused.status_code
    assert int(refused.headers["retry-after"]) >= 1


def test_models_tell_what_they_can(client):
    """The list names what runs and the names that stand for it."""
    models = client.get("/v1/models").json()["data"]

    assert ["twin"] == [model["id"] for model in models]
    assert "sora-2" in models[0]["aliases"]
    assert models[0] == client.get("/v1/models/sora-2").json()
    assert 404 == client.get("/v1/models/nope").status_code
    assert json.dumps(models)
