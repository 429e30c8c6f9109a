"""Pages for everybody, without a script: what was released, the programme in numbers, what work is worth."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from vitascope.programme.money.amount import decimal
from vitascope.programme.money.rates import WORKS, RateTable

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c1813; --paper: #f5f0e6; --line: #d9cfbd; --soft: #51493d; --red: #b8371f;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, Georgia, serif }
@media (prefers-color-scheme: dark) { :root { --ink: #ece5d8; --paper: #191613; --line: #3b352d; --soft: #c4baa9;
  --red: #ee7f65 } }
body { font: 17px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1, h2 { font-family: var(--serif); font-weight: 500; letter-spacing: -.01em }
h1 { font-size: 2.7rem; line-height: 1.1; margin: 0 0 .8rem } h2 { font-size: 1.4rem; margin: 2.4rem 0 .6rem }
p { max-width: 42rem } .soft { color: var(--soft) } a { color: inherit } a:hover { color: var(--red) }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .4rem .8rem .4rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top } td:last-child { text-align: right; padding-right: 0;
  font-variant-numeric: tabular-nums } th:last-child { text-align: right; padding-right: 0 }
.hash { overflow-wrap: anywhere }
video, img { border-radius: 6px; background: #0003 } video { max-width: 100%; max-height: 70vh }
.wall img { width: 100%; aspect-ratio: 1; object-fit: cover }
.wall { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 1.6rem; padding: 0 }
.wall li { list-style: none } nav { margin-bottom: 2rem } nav a { margin-right: 1.2rem; white-space: nowrap }
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS: Final = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; media-src 'self'; img-src 'self'; frame-ancestors 'none'"
    )
}
"""The page's own style, pictures and films of this house, and nothing else."""

_USES: Final = {"video.read": "watch", "video.download": "keep a copy", "video.remix": "remix"}


def releases(found: Iterable[Mapping[str, Any]]) -> str:
    """A wall of what members released."""
    tiles = "".join(
        f'<li><a href="/released/{escape(one["video"])}"><img alt="" loading="lazy" '
        f'src="/v1/programme/releases/{escape(one["video"])}/content?variant=thumbnail"></a>'
        f"<div>{_credit(one)}</div><div class=soft>{escape(one['licence'])}</div></li>"
        for one in found
    )
    empty = "<p>Nothing is released yet. Members release what they make themselves; nobody approves it first.</p>"
    return _page("Released by its makers", f"<ul class=wall>{tiles}</ul>" if tiles else empty)


def release(one: Mapping[str, Any]) -> str:
    """One film with its maker, licence and origin."""
    video = escape(one["video"])
    uses = ", ".join(_USES[use] for use in one["uses"] if use in _USES)
    remix = f' <a href="/studio/films/{video}">Remix it in the studio</a>.' if "video.remix" in one["uses"] else ""
    return _page(
        _credit(one),
        f'<video controls loop preload="metadata" poster="/v1/programme/releases/{video}/content?variant=thumbnail" '
        f'src="/v1/programme/releases/{video}/content"></video>'
        f"<p>Released by its maker. Licence: {escape(one['licence'])}. Everybody may: {escape(uses)}.{remix}</p>"
        "<p class=soft>The file carries an invisible mark and signed content credentials; "
        f"<code>vitascope verify</code> reads them. Id: {video}</p>",
    )


def figures(told: Mapping[str, Any]) -> str:
    """The programme in numbers, as /v1/programme/aggregates tells them."""
    words = {
        "holds": "Pauses",
        "contributions": "Reports and feedback",
        "payments": "Payments, in minor units",
        "consents": "Consents",
        "log": "The log",
    }
    parts = "".join(f"<h2>{title}</h2>{_table(told[name])}" for name, title in words.items() if name in told)
    return _page(
        "The programme in numbers",
        "<p>Every power the programme uses leaves a line in a public log before it takes effect. These are the sums; "
        'no name is in them. <a href="/v1/programme/aggregates">The same for machines</a>, '
        '<a href="/v1/rights/log/checkpoint">the signed checkpoint</a>.</p>' + parts,
    )


def rates(table: RateTable) -> str:
    """What each kind of work is worth, as /v1/programme/rates tells it."""
    rows = "".join(
        f"<tr><td>{_named(rate.work)}<td class=soft>{escape(WORKS[rate.work])}"
        f"<td>{decimal(rate.amount, rate.currency)}</tr>"
        for rate in table.rates
    )
    return _page(
        "What work is worth",
        "<p>Reports, tests and works are paid by this table, or are a gift because their author says so. A new table "
        "that lowers anything counts after the notice the terms promise, another at once; "
        'what was accepted before keeps its amount. <a href="/v1/programme/rates">'
        f"The same for machines</a>.</p><table><tr><th>Work<th><th>{table.currency}</tr>{rows}</table>"
        f"<p>Of what a finished render costs, {table.royalty_parts / 10_000:g} % go to the artists in its credits.</p>"
        f'<p class="soft hash">SHA-256 of this table, as statements and the log name it: {table.hash}</p>',
    )


def _named(work: str) -> str:
    return escape(work.replace(".", ", ").replace("_", " ").capitalize())


def _table(fields: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{escape(' / '.join(path).replace('_', ' '))}<td>{escape(str(value))}</tr>"
        for path, value in _leaves(fields, ())
    )
    return f"<table>{rows}</table>" if rows else "<p class=soft>None yet.</p>"


def _leaves(fields: Mapping[str, Any], path: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], object]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, str(name)))
        else:
            yield (*path, str(name)), "-" if value is None else value


def _credit(one: Mapping[str, Any]) -> str:
    return escape(one["credit"]) if one["credit"] else "By somebody who does not wish to be named"


def _page(title: str, inside: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style>"
        '<nav class=soft><a href="/released">Released</a><a href="/figures">In numbers</a><a href="/rates">Rates</a>'
        '<a href="/docs">API</a><a href="/programme">Come in</a></nav>'
        f"<h1>{title}</h1>{inside}</html>\n"
    )
