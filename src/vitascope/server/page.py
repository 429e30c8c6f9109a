"""The API for people: one page made from its own OpenAPI description, without a script and without a second host."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from vitascope.server.schemas import kind

_STYLE = """
:root { --paper: #f5f0e6; --card: #fffdf8; --ink: #1c1813; --soft: #51493d; --faint: #766d5e; --line: #d9cfbd;
  --red: #b8371f; --serif: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --paper: #191613; --card: #221e1a; --ink: #ece5d8; --soft: #c4baa9;
  --faint: #958a79; --line: #3b352d; --red: #ee7f65 } }
* { box-sizing: border-box } html { scroll-padding-top: 1rem }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.4rem 5rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Helvetica Neue", Arial, sans-serif }
h1, h2 { font-family: var(--serif); font-weight: 500; letter-spacing: -.01em }
h1 { font-size: 2.7rem; line-height: 1.1; margin: 0 0 1rem }
h1 small { font: 400 1rem system-ui, sans-serif; letter-spacing: 0; color: var(--faint) }
h2 { font-size: 1.7rem; margin: 3rem 0 0 } h2::first-letter { text-transform: uppercase }
p { color: var(--soft); max-width: 44rem }
a { color: var(--red) } p code { color: var(--ink) }
code, pre { font: .9em/1.5 ui-monospace, Menlo, Consolas, monospace }
pre { background: var(--card); border: 1px solid var(--line); padding: .8rem 1rem; white-space: pre-wrap;
  overflow-wrap: anywhere }
article { border-top: 1px solid var(--line); margin-top: 1.2rem; padding-top: 1.1rem } article p { margin: .5rem 0 }
h3 { font: 600 1rem/1.4 ui-monospace, Menlo, Consolas, monospace; margin: 0; overflow-wrap: anywhere }
h3 b { display: inline-block; min-width: 4.6rem; color: var(--red) }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; font-size: .92rem }
caption { text-align: left; color: var(--faint) }
td { padding: .3rem 1rem .3rem 0; border-top: 1px solid var(--line); vertical-align: baseline; color: var(--soft) }
td:first-child { width: 11rem; color: var(--ink); overflow-wrap: anywhere }
td:nth-child(2) { width: 15rem; color: var(--faint) }
summary { cursor: pointer; color: var(--soft) } .faint { color: var(--faint); font-size: .9rem }
nav { columns: 2; max-width: 44rem; border-top: 1px solid var(--ink); padding-top: .8rem }
nav a { display: block; padding: .1rem 0; text-decoration: none }
nav a::first-letter { text-transform: uppercase } nav a:hover { text-decoration: underline }
nav small { color: var(--faint) }
@media (min-width: 66rem) { body { display: grid; grid-template-columns: 14.5rem minmax(0, 1fr); column-gap: 3rem }
  header, main { grid-column: 2 }
  nav { columns: 1; grid-column: 1; grid-row: 1 / 3; align-self: start; position: sticky; top: 2rem } }
@media (max-width: 40rem) { td, td:first-child, td:nth-child(2) {
  display: block; width: auto; padding: .1rem 0; border: 0 }
  td:first-child { border-top: 1px solid var(--line); padding-top: .5rem } }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"
"""The Content-Security-Policy of the page: its own style and nothing else."""


_PLACES = {"videos": 0, "events": 1, "webhooks": 1, "models": 1, "characters": 1, "operation": 3}
_CODE = re.compile(r"(`+)(.+?)\1")

Call = tuple[str, str, Mapping[str, Any]]
"""Path, method, and what is said of it."""


def page(document: Mapping[str, Any], base: str) -> str:
    """The page of ``document``, an OpenAPI description, for who reaches the desk at ``base``."""
    sections, common = _sections(document), _common(document)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(document['info']['title'])}</title><style>{_STYLE}</style>"
        f"<header>{_opening(document, base, common)}</header>{_contents(sections)}<main>"
        + "".join(_section(tag, calls, document, common) for tag, calls in sections.items())
        + "</main></html>\n"
    )


def _sections(document: Mapping[str, Any]) -> dict[str, list[Call]]:
    """The calls under their tags: what people come for first; short paths before long ones."""
    calls = [(path, method, call) for path, item in document["paths"].items() for method, call in item.items()]
    calls.sort(key=lambda found: found[0].count("/"))
    tags = sorted(dict.fromkeys(call["tags"][0] for _, _, call in calls), key=lambda tag: _PLACES.get(tag, 2))
    return {tag: [one for one in calls if one[2]["tags"][0] == tag] for tag in tags}


def _common(document: Mapping[str, Any]) -> frozenset[str]:
    """The refusals that every call may give, said once."""
    return frozenset.intersection(*(frozenset(_refusals(call)) for _, _, call in _calls_with_a_key(document)))


def _calls_with_a_key(document: Mapping[str, Any]) -> list[Call]:
    return [(path, "", call) for path, item in document["paths"].items() for call in item.values() if _refusals(call)]


def _refusals(call: Mapping[str, Any]) -> list[str]:
    return sorted(code for code in call["responses"] if code[0] in "45")


def _contents(sections: Mapping[str, Sequence[Call]]) -> str:
    links = (
        f'<a href="#{_anchor(tag)}">{escape(tag)} <small>{len(calls)}</small></a>' for tag, calls in sections.items()
    )
    return f"<nav>{''.join(links)}</nav>"


def _opening(document: Mapping[str, Any], base: str, common: frozenset[str]) -> str:
    about = document["info"]
    return (
        f"<h1>{escape(about['title'])} <small>{escape(about['version'])}</small></h1>"
        f"<p>{_told(about['description'])}</p>"
        f"<pre>export BASE={escape(base)} KEY=vs_...</pre>"
        f"<p>Any call may refuse with {', '.join(sorted(common))}, always as "
        '<code>{"error": {"message", "type", "param", "code"}}</code>; what else one may refuse with stands beside it. '
        'For machines: <a href="/openapi.json">openapi.json</a>.</p>'
    )


def _section(tag: str, calls: Sequence[Call], document: Mapping[str, Any], common: frozenset[str]) -> str:
    told = "".join(f"<article>{''.join(_call(*call, document, common))}</article>" for call in calls)
    return f'<h2 id="{_anchor(tag)}">{escape(tag)}</h2>{told}'


def _call(
    path: str, method: str, call: Mapping[str, Any], document: Mapping[str, Any], common: frozenset[str]
) -> Iterator[str]:
    yield f"<h3><b>{method.upper()}</b> {escape(path)}</h3><p>{_told(call.get('description', ''))}</p>"
    asked = [one for one in call.get("parameters", ()) if one["in"] != "path"]
    yield _table("", [(one["name"], _parameter(one), one.get("description", "")) for one in asked])
    yield from _body(path, method, call.get("requestBody", {}).get("content", {}))
    yield _answer(call["responses"].get("200", {}), document)
    if more := [code for code in _refusals(call) if code not in common]:
        yield f'<p class="faint">May also refuse with {", ".join(more)}.</p>'


def _body(path: str, method: str, content: Mapping[str, Any]) -> Iterator[str]:
    """The fields of a body, in which forms it may come, and an example of it as a command."""
    if not content:
        return
    schema = list(content.values())[-1]["schema"]  # the form takes files, too
    forms = " or ".join("JSON" if form.endswith("json") else "a form" for form in content)
    needed = schema.get("required", ())
    fields = [
        (name, kind(field) + (", needed" if name in needed else ""), field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]
    yield _table(f"Body, as {forms}", fields)
    example = content.get("application/json", {}).get("example")
    if example is not None:
        yield (
            f'<pre>curl -X {method.upper()} $BASE{escape(path)} -H "Authorization: Bearer $KEY" \\\n'
            f"  -H 'Content-Type: application/json' -d '{escape(json.dumps(example), quote=False)}'</pre>"
        )


def _answer(answer: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """What comes back: the keys of an object, or the kind of a file."""
    content: Mapping[str, Any] = answer.get("content", {})
    form = next(iter(content), "")
    name = content.get(form, {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    if not name:
        return f"<p>Answers with <code>{escape(form)}</code>.</p>" if form not in ("", "application/json") else ""
    fields = document["components"]["schemas"][name].get("properties", {})
    rows = [(key, kind(field), field.get("description", "")) for key, field in fields.items()]
    return f"<details><summary>Answers with <code>{escape(name)}</code></summary>{_table('', rows)}</details>"


def _parameter(parameter: Mapping[str, Any]) -> str:
    place = "header, " if parameter["in"] == "header" else ""
    return place + kind(_without_null(parameter["schema"])) + (", needed" if parameter.get("required") else "")


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter of a query cannot be null: it is there or not."""
    kept = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return {**schema, "anyOf": kept} if kept else schema


def _table(caption: str, rows: Sequence[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    told = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(sort)}<td>{_told(text)}" for name, sort, text in rows
    )
    return f"<table>{f'<caption>{escape(caption)}</caption>' if caption else ''}{told}</table>"


def _anchor(tag: str) -> str:
    return re.sub("[^a-z]+", "-", tag.lower())


def _told(text: str) -> str:
    """A text of the description: what stands in backticks is code."""
    return _CODE.sub(r"<code>\2</code>", escape(text))
