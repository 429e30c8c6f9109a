"""The API for people: one page made from its own OpenAPI description, without a script and without a second host."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc } h3 { margin-bottom: .3rem } code, pre { background: #f4f4f2 }
pre { padding: .7rem; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0 }
@media (prefers-color-scheme: dark) { body { background: #1b1b1e; color: #ddd } code, pre { background: #2a2a2e } }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
"""The Content-Security-Policy of the page: its own style and nothing else."""


_PLACES = {"videos": 0, "characters": 2}
_CODE = re.compile(r"(`+)(.+?)\1")


def page(document: Mapping[str, Any]) -> str:
    """The page of ``document``, an OpenAPI description."""
    title, about = escape(document["info"]["title"]), _told(document["info"]["description"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title} {escape(document['info']['version'])}</h1><p>{about}</p>"
        '<p>For machines: <a href="/openapi.json">openapi.json</a>.</p>' + "".join(_sections(document)) + "</html>\n"
    )


def _sections(document: Mapping[str, Any]) -> Iterator[str]:
    """The calls under their tags: what people come for first, what is refused last; short paths before long ones."""
    calls = [(path, method, call) for path, item in document["paths"].items() for method, call in item.items()]
    calls.sort(key=lambda found: found[0].count("/"))
    tags = dict.fromkeys(call["tags"][0] for _, _, call in calls)
    for tag in sorted(tags, key=lambda tag: _PLACES.get(tag, 1)):
        yield f"<h2>{escape(tag)}</h2>"
        for path, method, call in calls:
            if call["tags"][0] == tag:
                yield "".join(_call(path, method, call))


def _call(path: str, method: str, call: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h3><code>{method.upper()} {escape(path)}</code></h3><p>{_told(call.get('description', ''))}</p>"
    rows = "".join(_parameter(parameter) for parameter in call.get("parameters", ()) if parameter["in"] != "path")
    yield f"<table>{rows}</table>" if rows else ""
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    example = body.get("example")
    if example is not None:
        told = json.dumps(example)
        yield (
            f'<pre>curl -X {method.upper()} $BASE{escape(path)} -H "Authorization: Bearer $KEY" \\\n'
            f"  -H 'Content-Type: application/json' -d '{escape(told, quote=False)}'</pre>"
        )
    refusals = ", ".join(sorted(code for code in call["responses"] if code[0] in "45"))
    yield f"<p>May refuse with {refusals}.</p>" if refusals else ""


def _parameter(parameter: Mapping[str, Any]) -> str:
    told = parameter.get("description", "")
    return f"<tr><td><code>{escape(parameter['name'])}</code><td>{escape(parameter['in'])}<td>{_told(told)}</tr>"


def _told(text: str) -> str:
    """A text of the description: what stands in backticks is code."""
    return _CODE.sub(r"<code>\2</code>", escape(text))
