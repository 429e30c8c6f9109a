"""What is typed where an id belongs may be a secret: no refusal repeats it, and no leaf keeps it."""

import httpx2
import pytest
from desks import steward

PASTED = "vs_m_xanthippeXanthippe0123456789abcdefXANTHI"
"""Of the form of a key, and of nobody: what somebody pastes into the wrong field."""

WORD = "anthippe"  # of which a message that keeps the first, or the last, letters says some


@pytest.fixture(scope="module")
def desk(programme_desk):
    return programme_desk


def _filled(schema):
    """A value of this schema with the secret for each of its texts."""
    match schema.get("type"):
        case "object":
            named = {name: _filled(each) for name, each in schema.get("properties", {}).items()}
            return named if isinstance(schema.get("additionalProperties", False), bool) else {PASTED: 1}
        case "array":
            return [_filled(schema.get("items", {"type": "string"}))]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case _:
            return PASTED


def _calls(desk):
    """Each call that is described, once with the secret in its path, then with it in each field of its body."""
    described = httpx2.get(f"{desk.url}/openapi.json", timeout=60).json()
    for path, methods in described["paths"].items():
        address = "/".join(PASTED if step.startswith("{") else step for step in path.split("/"))
        for method, told in methods.items():
            if "text/event-stream" in told["responses"]["200"].get("content", {}):
                continue  # it has no end
            schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            yield method.upper(), address, _filled(schema) if schema else None


def test_no_refusal_repeats_what_stands_where_an_id_belongs(desk):
    """Every call there is, by a steward and by a member: in no error, nor in its headers, and in no leaf."""
    refused, repeated = 0, []
    with steward(desk) as sally, desk.client() as ana:
        for who in (sally, ana):
            for method, address, body in _calls(desk):
                answer = who.request(method, address, json=body)
                if answer.status_code < 400:
                    continue
                refused += 1
                if WORD in answer.text + str(answer.headers):
                    repeated.append((method, address, answer.text))
    leaves = b"".join(file.read_bytes() for file in (desk.folder / "log").rglob("*") if file.is_file())

    assert refused > 150
    assert [] == repeated
    assert PASTED.encode() not in leaves


def test_what_is_asked_for_in_vain_is_not_repeated(desk):
    """Addresses that are none, methods that are none, and numbers that are texts."""
    with desk.client() as ana:
        told = [
            ana.get(f"/v1/{PASTED}"),
            ana.request("PATCH", f"/v1/videos/{PASTED}"),
            ana.get("/v1/videos", params={"limit": PASTED}),
            ana.get("/v1/videos", params={"after": PASTED}),
            ana.post("/v1/videos", json={"prompt": "a cat", "seed": PASTED}),
            ana.post("/v1/videos", json={"prompt": "a cat", "size": PASTED}),
            ana.post("/v1/videos", json={"prompt": "a cat", "model": PASTED}),
            ana.post("/v1/videos", json={"prompt": "a cat", "likeness": PASTED}),
        ]

    assert all(400 <= one.status_code < 500 or one.json().get("data") == [] for one in told)
    assert [] == [one.text for one in told if WORD in one.text]
