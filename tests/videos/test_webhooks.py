"""Webhooks: signed so that the SDK accepts them, tried again for 72 hours, never into a private network."""

import http.server
import json
import socket
import threading
from types import SimpleNamespace

import pytest
from houses import SECRETS
from openai import OpenAI
from shop import NOW, claim, finish, submit

from vitascope.refusals import OutgoingError, WebhookError, WebhookNotFoundError
from vitascope.videos import deliveries, outgoing, webhooks
from vitascope.videos.deliveries import PAUSES, deliver_due


@pytest.fixture
def receiver():
    """A server that keeps what it gets and answers what it is told to."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            server.got.append((dict(self.headers), body))
            self.send_response(server.status)
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def do_GET(self):
            self.send_response(302 if self.path in ("/loop", "/inner") else 200)
            self.send_header(
                "location", f"http://127.0.0.2:{server.server_port}/x" if self.path == "/inner" else "/loop"
            )
            self.end_headers()
            self.wfile.write(b"x" * 1000)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.status = [], 200
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def _endpoint(database, url, *, party="ana", event_types=("video.completed",), plain_http=True):
    with database.transaction() as tx:
        return webhooks.create(
            tx, party, name="studio", url=url, event_types=event_types, secrets=SECRETS, now=NOW, plain_http=plain_http
        )


def _send(parcel):
    return outgoing.send(parcel, private_ok=True)


def _log(database, endpoint, party="ana"):
    with database.reading() as tx:
        return webhooks.deliveries(tx, endpoint.endpoint.id, party)


def _finished(database):
    job = submit(database)
    finish(database, claim(database, job.id))
    return job


def test_the_official_sdk_accepts_what_arrives(database, receiver):
    """A finished job is told once, and the SDK's unwrap verifies it with the endpoint's secret."""
    endpoint = _endpoint(database, receiver.url)
    job = _finished(database)

    assert 1 == deliver_due(database, SECRETS, _send)
    assert 0 == deliver_due(database, SECRETS, _send)

    headers, body = receiver.got[0]
    event = OpenAI(api_key="x").webhooks.unwrap(body, headers, secret=endpoint.signing_secret)
    assert ("video.completed", job.id) == (event.type, event.data.id)
    assert ["delivered"] == [entry.state for entry in _log(database, endpoint)]


def test_during_a_rotation_both_secrets_verify(sqlite, receiver):
    """For 24 hours old and new sign; without the grace the old one is dead at once."""
    old = _endpoint(sqlite, receiver.url)
    with sqlite.transaction() as tx:
        new = webhooks.rotate(tx, old.endpoint.id, "ana", keep_old=True, secrets=SECRETS, now=NOW + 2e9)
    _finished(sqlite)
    deliver_due(sqlite, SECRETS, _send)
    headers, body = receiver.got[0]

    for secret in (old.signing_secret, new.signing_secret):
        OpenAI(api_key="x").webhooks.unwrap(body, headers, secret=secret)
    with sqlite.transaction() as tx:
        webhooks.rotate(tx, old.endpoint.id, "ana", keep_old=False, secrets=SECRETS, now=NOW)
        alone = webhooks.sample(tx, old.endpoint.id, "ana", "video.completed", secrets=SECRETS, now=NOW)
    assert 1 == len(alone.headers["webhook-signature"].split())


def test_a_receiver_that_fails_is_tried_again(sqlite, receiver, monkeypatch):
    """The same id every time, with longer pauses, 20 attempts within 72 hours, and then it is given up and said."""
    clock = [NOW + 10]
    monkeypatch.setattr(deliveries, "time", SimpleNamespace(time=lambda: clock[0]))
    monkeypatch.setattr(deliveries, "clock", lambda _tx: clock[0])
    receiver.status = 500
    endpoint = _endpoint(sqlite, receiver.url)
    _finished(sqlite)
    begin = clock[0]
    while (entry := _log(sqlite, endpoint)[0]).state == "waiting":
        clock[0] = entry.next_at
        deliver_due(sqlite, SECRETS, _send)

    assert ("gave_up", 500, len(PAUSES) + 1) == (entry.state, entry.status_code, entry.attempts)
    assert 1 == len({headers["webhook-id"] for headers, _ in receiver.got})
    assert 60 * 3600 < clock[0] - begin <= 72 * 3600


def test_only_wanted_events_of_the_own_party_are_sent(sqlite, receiver):
    """Other kinds and other parties' videos are not put into the outbox."""
    _endpoint(sqlite, receiver.url, event_types=("video.failed",))
    _endpoint(sqlite, receiver.url, party="bo")
    _finished(sqlite)

    assert 0 == deliver_due(sqlite, SECRETS, _send)


def test_an_endpoint_lives_and_goes(sqlite):
    """Created, changed, listed, deleted; others find nothing; a change that changes nothing leaves the time."""
    made = _endpoint(sqlite, "https://example.org/hook", plain_http=False)
    with sqlite.transaction() as tx:
        same = webhooks.update(tx, made.endpoint.id, "ana", name="studio", now=NOW + 5)
        other = webhooks.update(tx, made.endpoint.id, "ana", event_types=["video.failed"], now=NOW + 6)
        assert (NOW, NOW + 6) == (same.updated_at, other.updated_at)
        assert ("video.failed",) == webhooks.listing(tx, "ana").endpoints[0].event_types
        with pytest.raises(WebhookNotFoundError):
            webhooks.get(tx, made.endpoint.id, "bo")
        webhooks.delete(tx, made.endpoint.id, "ana")
        assert () == webhooks.listing(tx, "ana").endpoints


@pytest.mark.parametrize(
    ("url", "types"),
    [
        ("http://a.org", ["video.failed"]),
        ("ftp://a", ["video.failed"]),
        ("https://a.org", []),
        ("https://a.org", ["x"]),
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused(sqlite, url, types):
    """Plain http, other schemes, no event and unknown events."""
    with pytest.raises(WebhookError):
        _endpoint(sqlite, url, event_types=types, plain_http=False)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:192.168.0.1]", "0.0.0.1", "224.0.0.1"],
)
def test_no_call_goes_into_a_private_network(host):
    """Loopback, private, link-local, mapped and multicast addresses are refused before a connection is made."""
    with pytest.raises(OutgoingError, match="private"):
        outgoing.fetch(f"http://{host}:9/x", most_bytes=10)


def test_a_redirect_into_a_private_network_is_refused(receiver, monkeypatch):
    """The first address may be anybody's; where it leads is looked at like the first."""
    monkeypatch.setattr(outgoing, "_is_public", lambda ip: ip == "127.0.0.1")

    assert outgoing.fetch(receiver.url + "/x", most_bytes=1000)
    with pytest.raises(OutgoingError, match="private"):
        outgoing.fetch(receiver.url + "/inner", most_bytes=1000)


def test_a_webhook_is_not_sent_on(receiver):
    """A receiver that redirects gets its status into the log, and nobody else gets the body."""
    receiver.status = 307
    parcel = outgoing.Parcel(url=receiver.url + "/hook", headers={}, body=b"{}")

    assert 307 == outgoing.send(parcel, private_ok=True)
    assert 1 == len(receiver.got)


def test_a_name_is_resolved_once_and_every_address_of_it_counts(receiver, monkeypatch):
    """One private address among several is refused; a name that is somebody else's a moment later gains nothing."""
    port = int(receiver.url.rpartition(":")[2])
    names, asked, plain = (
        {"mixed.test": ["127.0.0.1", "10.0.0.1"], "rebind.test": ["127.0.0.1"]},
        [],
        socket.getaddrinfo,
    )

    def resolved(host, *facts, **more):
        if host not in names:
            return plain(host, *facts, **more)
        asked.append(host)
        found = names[host]
        names[host] = ["127.0.0.2"]  # where nobody listens
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr(outgoing, "_is_public", lambda ip: ip.startswith("127."))
    with pytest.raises(OutgoingError, match="private"):
        outgoing.fetch(f"http://mixed.test:{port}/x", most_bytes=1000)

    assert 1000 == len(outgoing.fetch(f"http://rebind.test:{port}/x", most_bytes=1000))
    assert ["mixed.test", "rebind.test"] == asked


def test_what_is_fetched_is_limited(receiver):
    """Too many bytes and endless redirects end in an error."""
    with pytest.raises(OutgoingError, match="999"):
        outgoing.fetch(receiver.url + "/x", most_bytes=999, private_ok=True)
    with pytest.raises(OutgoingError, match="redirects"):
        outgoing.fetch(receiver.url + "/loop", most_bytes=999, private_ok=True)
    assert 1000 == len(outgoing.fetch(receiver.url + "/x", most_bytes=1000, private_ok=True))


def test_a_receiver_that_hangs_is_left():
    """A server that takes the connection and says nothing costs the time-out and no more."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        parcel = outgoing.Parcel(url=f"http://127.0.0.1:{silent.getsockname()[1]}/", headers={}, body=b"{}")
        with pytest.raises(OutgoingError):
            outgoing.send(parcel, private_ok=True, timeout=0.3)


def test_the_body_is_json(sqlite, receiver):
    """What is sent has the published shape."""
    _endpoint(sqlite, receiver.url)
    job = _finished(sqlite)
    deliver_due(sqlite, SECRETS, _send)

    sent = json.loads(receiver.got[0][1])
    assert {"id", "object", "created_at", "type", "data"} == set(sent)
    assert ("event", {"id": job.id}) == (sent["object"], sent["data"])
