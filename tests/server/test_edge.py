"""What is true of every answer: ids, headers, a log without secrets, an envelope for a bug, counters, an outage."""

import io
import json
import logging
import time
from dataclasses import replace

import pytest
from desks import PLAIN, Desk, error_of

PROMPT = "a very secret parrot"


@pytest.mark.parametrize("path", ["/v1/videos", "/nothing", "/healthz", "/openapi.json"])
def test_every_answer_has_an_id_and_keeps_a_browser_safe(client, path):
    """Also errors and pages; each id is its own."""
    one, two = client.get(path), client.get(path)

    assert one.headers["x-request-id"] != two.headers["x-request-id"]
    assert "nosniff" == one.headers["x-content-type-options"]
    assert "DENY" == one.headers["x-frame-options"]
    assert one.headers["content-security-policy"].startswith("default-src 'none'")
    assert "access-control-allow-origin" not in client.get(path, headers={"origin": "https://x.example"}).headers
    assert "server" not in one.headers


def test_origins_the_operator_names_may_call(tmp_path):
    """And no other."""
    desk = Desk(tmp_path, settings=replace(PLAIN, cors_origins=("https://a.example",)))
    with desk.listening() as open_desk, open_desk.client() as client:
        good = client.get("/healthz", headers={"origin": "https://a.example"})
        bad = client.get("/healthz", headers={"origin": "https://b.example"})

    assert "https://a.example" == good.headers["access-control-allow-origin"]
    assert "access-control-allow-origin" not in bad.headers


def test_the_log_tells_of_requests_and_never_of_prompts_or_keys(client, desk):
    """One JSON line a request: id, route and status; no prompt, no key, no query, no id of a video."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(told)s"))
    logger = logging.getLogger("vitascope.house")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        made = client.post("/v1/videos", json={"prompt": PROMPT})
        client.get("/v1/videos", params={"after": made.json()["id"]})
        client.post("/v1/videos", json={"prompt": PROMPT, "parrot": PROMPT})
        deadline = time.monotonic() + 5  # a line is written after its answer has gone
        while "unknown_parameter" not in written.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        logger.removeHandler(handler)

    lines = written.getvalue()
    assert made.headers["x-request-id"] in lines
    assert "'route': '/v1/videos'" in lines
    assert "unknown_parameter" in lines
    for secret in ("secret", "vs_m_", made.json()["id"]):
        assert secret not in lines


def test_a_bug_is_an_envelope_and_its_words_stay_here(client, desk, monkeypatch):
    """500 with the id under which it was logged; what the bug says may quote a client, so it is told to nobody."""
    from vitascope.videos import book

    def broken(*_, **__):
        message = PROMPT
        raise RuntimeError(message)

    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(told)s"))
    logging.getLogger("vitascope.house").addHandler(handler)
    monkeypatch.setattr(book, "listing", broken)
    try:
        answer = client.get("/v1/videos")
    finally:
        logging.getLogger("vitascope.house").removeHandler(handler)

    assert (500, "internal_error", "server_error") == (
        answer.status_code,
        *(error_of(answer)[k] for k in ("code", "type")),
    )
    assert answer.headers["x-request-id"] in error_of(answer)["message"]
    assert "RuntimeError" in written.getvalue()
    assert PROMPT not in answer.text + written.getvalue()


def test_health_needs_no_key_and_figures_need_the_operators(client, desk):
    """Liveness and readiness are open; Prometheus' numbers are for an admin key; routes are labels, paths are not."""
    made = client.post("/v1/videos", json={"prompt": "a"}).json()
    client.get(f"/v1/videos/{made['id']}")
    for path in ("/healthz", "/readyz"):
        assert {"status": "ok"} == client.get(path, headers={"authorization": ""}).json()
    assert 401 == client.get("/metrics", headers={"authorization": ""}).status_code
    plain = desk.key(scopes=("video.read",)).credential
    assert 403 == client.get("/metrics", headers={"authorization": f"Bearer {plain}"}).status_code

    told = client.get("/metrics").text
    assert "vitascope_jobs_queued" in told
    assert "vitascope_workers 1.0" in told
    assert 'route="/v1/videos/{video_id}"' in told
    assert 'vitascope_refusals_total{code="missing_api_key"}' in told
    assert made["id"] not in told


def test_a_database_that_is_away_is_a_503_and_the_desk_comes_back(client, desk, monkeypatch):
    """Requests answer 503 with Retry-After while it is away, readiness says so, and afterwards all is well."""
    from vitascope.refusals import DatabaseError
    from vitascope.store.database import Database

    def away(_):
        message = "The database does not answer."
        raise DatabaseError(message)

    with monkeypatch.context() as outage:
        outage.setattr(Database, "transaction", away)
        outage.setattr(Database, "reading", away)
        answers = [client.post("/v1/videos", json={"prompt": "a"}), client.get("/v1/videos"), client.get("/readyz")]
        alive = client.get("/healthz").status_code

    assert [(503, "database_unavailable", "2")] * 3 == [
        (one.status_code, error_of(one)["code"], one.headers["retry-after"]) for one in answers
    ]
    assert 200 == alive
    assert 200 == client.get("/v1/videos").status_code


def test_a_full_store_of_files_is_told(client, desk, monkeypatch):
    """A picture that cannot be kept is a 507, and nothing is queued."""
    from vitascope.refusals import FilesFullError
    from vitascope.store.blobs import Blobs

    def full(*_, **__):
        message = "The store of files is full."
        raise FilesFullError(message)

    entered = len(desk.queue.entered)
    picture = (b"P6 1 1 255 abc", "image/png")
    monkeypatch.setattr(Blobs, "put", full)
    monkeypatch.setattr("vitascope.server.darkroom.developed", lambda _sent, to: to.write_bytes(picture[0]))
    answer = client.post("/v1/videos", data={"prompt": "a"}, files={"input_reference": picture[0]})

    assert (507, "storage_full") == (answer.status_code, error_of(answer)["code"])
    assert "false" == answer.headers["x-should-retry"]
    assert entered == len(desk.queue.entered)


def test_the_page_for_people_has_no_script_and_every_call(client, desk):
    """One page, made from the description; its style is the only thing a browser may load."""
    from vitascope.server.page import POLICY

    page = client.get("/docs")
    document = client.get("/openapi.json").json()

    assert POLICY == page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "`" not in page.text
    assert page.text.index("POST</b> /v1/videos<") < page.text.index("GET</b> /v1/videos/characters")
    assert f"export BASE={desk.url} KEY=vs_..." in page.text
    assert "whole number, 0 to 100, 20 unless told" in page.text
    for path in document["paths"]:
        assert path in page.text


def test_the_description_holds_no_answer_of_the_framework(client):
    """Errors are described as the envelope, wherever."""
    text = json.dumps(client.get("/openapi.json").json())

    assert "HTTPValidationError" not in text
    assert '"detail"' not in text


def test_requests_are_traced_where_that_is_wanted(tmp_path):
    """A span has method, route, status and refusal, and nothing of what was sent; the job goes on below it."""
    from desks import Desk
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from vitascope import traces

    exporter, carried = InMemorySpanExporter(), []
    kept = traces.traces_for(exporter, program="desk")
    with Desk(tmp_path, traces=kept).listening() as desk:
        desk.queue.enqueue = lambda *_: carried.append(traces.here())
        desk.carry()
        with desk.client() as client:
            assert 200 == client.post("/v1/videos?secret=1", json={"prompt": "a secret parrot"}).status_code
            assert 400 == client.post("/v1/videos", json={"prompt": " "}).status_code
        kept.close()

    good, bad = exporter.get_finished_spans()
    assert ["POST /v1/videos"] * 2 == [good.name, bad.name]
    assert (200, 400, "invalid_prompt") == (
        good.attributes["http.response.status_code"],
        bad.attributes["http.response.status_code"],
        bad.attributes["vitascope.refusal"],
    )
    assert "secret" not in good.to_json() + bad.to_json()
    assert [f"00-{good.context.trace_id:032x}-{good.context.span_id:016x}"] == [told[:-3] for told in carried]


def test_no_answer_waits_for_a_clients_acknowledgement():
    """Head and body of an answer are two writes: with Nagle's algorithm the second waits 40 ms for the client's ACK."""
    import asyncio
    import socket

    from vitascope.server.run import bound

    async def accepted(listening):
        seen = asyncio.get_running_loop().create_future()

        def meet(_reader, writer):
            is_off = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            seen.set_result(is_off)
            writer.close()

        server = await asyncio.start_server(meet, sock=listening)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        is_off = await seen
        writer.close()
        server.close()
        return is_off

    assert asyncio.run(accepted(bound("127.0.0.1", 0)))
