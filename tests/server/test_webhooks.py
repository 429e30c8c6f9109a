"""Webhook endpoints over HTTP: their life, their secrets, a test that arrives, targets that must not be called."""

import http.server
import threading
from dataclasses import replace

import pytest
from desks import PLAIN, Desk, error_of

HOOK = {"name": "studio", "url": "https://example.com/hook", "event_types": ["video.completed"]}


def test_the_life_of_an_endpoint(client):
    """Made with a secret that is shown once; changed in part; rotated; listed newest first; deleted."""
    made = client.post("/v1/webhook_endpoints", json=HOOK).json()
    other = client.post("/v1/webhook_endpoints", json={**HOOK, "name": "second"}).json()
    got = client.get(f"/v1/webhook_endpoints/{made['id']}").json()
    changed = client.post(f"/v1/webhook_endpoints/{made['id']}", json={"event_types": ["video.failed"]}).json()
    turned = client.post(f"/v1/webhook_endpoints/{made['id']}/rotate_secret", json={}).json()
    listed = client.get("/v1/webhook_endpoints", params={"limit": 1}).json()

    assert made["signing_secret"].startswith("whsec_")
    assert made["signing_secret"].endswith(made["signing_secret_hint"])
    assert "signing_secret" not in got
    assert (["video.failed"], HOOK["url"], "studio") == tuple(changed[key] for key in ("event_types", "url", "name"))
    assert made["signing_secret"] != turned["signing_secret"]
    assert ([other["id"]], True) == ([one["id"] for one in listed["data"]], listed["has_more"])
    gone = client.delete(f"/v1/webhook_endpoints/{made['id']}").json()
    assert {"id": made["id"], "object": "webhook_endpoint.deleted", "deleted": True} == gone
    assert 404 == client.get(f"/v1/webhook_endpoints/{made['id']}").status_code
    assert "video.completed" in client.get("/v1/webhook_event_types").json()["data"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://example.com/"}, "invalid_webhook"),
        ({"url": "ftp://example.com/"}, "invalid_webhook"),
        ({"event_types": []}, "invalid_value"),
        ({"event_types": ["batch.completed"]}, "invalid_value"),
        ({"event_types": [7]}, "invalid_value"),
        ({"event_types": [["video.completed"]]}, "invalid_value"),
        ({"name": ""}, "invalid_value"),
        ({"name": None}, "missing_required_parameter"),
        ({"secret": "mine"}, "unknown_parameter"),
    ],
)
def test_a_bad_endpoint_is_refused(client, change, code):
    """With the field at fault."""
    answer = client.post("/v1/webhook_endpoints", json={**HOOK, **change})

    assert (400, code) == (answer.status_code, error_of(answer)["code"])


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"]
)
def test_a_private_target_is_never_called(client, url):
    """Loopback, link-local: the test answers that it cannot be reached."""
    made = client.post("/v1/webhook_endpoints", json={**HOOK, "url": url}).json()
    answer = client.post(f"/v1/webhook_endpoints/{made['id']}/test", json={"event_type": "video.completed"})

    assert (424, "address_unreachable") == (answer.status_code, error_of(answer)["code"])


def test_a_test_arrives_and_the_sdk_accepts_its_signature(tmp_path):
    """The receiver's status is in the answer; the SDK's ``unwrap`` takes body and headers."""
    import openai

    got = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["content-length"])).decode(), dict(self.headers)))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            pass

    receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with Desk(tmp_path, settings=replace(PLAIN, plain_webhooks=True)).listening() as desk:
        key = desk.key().credential
        client = openai.OpenAI(base_url=f"{desk.url}/v1", api_key=key)
        url = f"http://127.0.0.1:{receiver.server_port}/hook"
        made = client.webhooks.create(**{**HOOK, "url": url})
        tested = client.webhooks.test(made.id, event_type="video.completed")
    receiver.shutdown()
    receiver.server_close()
    body, headers = got[0]
    event = client.webhooks.unwrap(body, headers, secret=made.signing_secret)

    assert (202, True) == (tested.status_code, tested.success)
    assert "video.completed" == event.type
    with pytest.raises(openai.InvalidWebhookSignatureError):
        client.webhooks.unwrap(body + " ", headers, secret=made.signing_secret)
