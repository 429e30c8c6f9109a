"""The page for people: what its tables say of a field, in words and not in JSON schema."""

import pytest

from vitascope.server.page import page
from vitascope.server.schemas import kind

DOCUMENT = {
    "info": {"title": "House & Co", "version": "1", "description": "Say `hello`."},
    "components": {"schemas": {"Film": {"properties": {"id": {"type": "string"}}}}},
    "paths": {
        "/v1/films": {
            "post": {
                "tags": ["films"],
                "description": "Order <one>.",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {"properties": {"prompt": {"type": "string"}}, "required": ["prompt"]},
                            "example": {"prompt": "a <b>"},
                        }
                    }
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Film"}}}},
                    "400": {},
                    "418": {},
                },
            }
        },
        "/v1/other": {"get": {"tags": ["films"], "responses": {"200": {}, "400": {}}}},
    },
}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer", "minimum": 0, "maximum": 100, "default": 20}, "whole number, 0 to 100, 20 unless told"),
        ({"enum": ["asc", "desc"]}, "asc or desc"),
        ({"const": "video"}, "video"),
        ({"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}]}, "text, at most 9 characters or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Video"}}, "list of Video"),
        ({"type": "string", "format": "binary"}, "file"),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 600}, "number, above 0, at most 600"),
        ({"type": "boolean", "default": False}, "true or false, false unless told"),
        ({}, "anything"),
    ],
)
def test_a_field_is_told_in_words(schema, said):
    """Kind, bounds, default."""
    assert said == kind(schema)


def test_a_call_shows_fields_example_answer_and_what_is_its_own():
    """Refusals that every call may give are said once; whatever comes from the description is escaped."""
    told = page(DOCUMENT, "http://house:1")

    assert "<td><code>prompt</code><td>text, needed<td>" in told
    assert "curl -X POST $BASE/v1/films" in told
    assert '"a &lt;b&gt;"' in told
    assert "Answers with <code>Film</code>" in told
    assert "May also refuse with 418." in told
    assert 1 == told.count("refuse with 400")
    assert "House &amp; Co" in told
    assert "<one>" not in told
    assert "Say <code>hello</code>." in told
