"""Signals: what a file, a page or a site says about training on it, read into one verdict.

Unknown means no, and the most restrictive signal wins. A person's own consent, given by name for one work, beats a
general signal (draft-ietf-aipref-attach says so too); that is decided in ``works``, not here. Forms read:

- C2PA ``c2pa.training-mining`` and CAWG ``cawg.training-mining`` 1.1: entries ``cawg.ai_generative_training`` and
  others, each ``allowed``, ``notAllowed`` or ``constrained``; constrained without a way to meet it counts as no.
- TDMRep (W3C CG, 2024): ``tdm-reservation: 1`` in a header, a meta element or a site's tdmrep.json; 0 says nothing
  against it.
- aipref: ``Content-Usage: train-ai=n`` (draft-ietf-aipref-vocab), a structured-field dictionary (RFC 9651).
- ``noai``, ``noimageai`` in ``X-Robots-Tag`` or a robots meta element; IPTC ``DataMining`` of PLUS in XMP.

What a file says of all this in its own metadata is found by ``inside``. Nothing is fetched: the page, headers and
tdmrep.json that a work was found with are handed in by whoever puts it in.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final

from vitascope.errors import ConsentError

AIPREF_VERSION: Final = "draft-ietf-aipref-vocab-05"
_TRAINING: Final = ("ai_generative_training", "ai_training")
_ALSO: Final = ("data_mining",)
_NO_AI: Final = frozenset({"noai", "noimageai"})
_PLUS: Final = re.compile(rb"plus:DataMining[^A-Za-z]{1,40}(?:http://ns\.useplus\.org/ldf/vocab/)?(DMI-[A-Z-]+)")
_LONGEST_RAW: Final = 300
LONGEST_PAGE: Final = 200_000
LONGEST_HEADERS: Final = 20_000
LONGEST_TDMREP: Final = 100_000
LONGEST_PATH: Final = 2_000


class Verdict(StrEnum):
    """What signals say about training, from weakest to strongest claim on us."""

    ALLOW = "allow"
    UNKNOWN = "unknown"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One statement that was found: in which form, what it says, and its words as they stood there."""

    form: str  # c2pa, cawg, tdmrep, aipref, noai, iptc
    verdict: Verdict
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a work was found, as whoever puts it in kept it: no address is asked for, and nothing is fetched.

    Only the words of a signal in it stay on record. Raises ConsentError where one of them is too long.
    """

    page: str = ""  # HTML of the page
    headers: str = ""  # of the page or the file, one ``Name: value`` to a line
    tdmrep: str = ""  # the site's /.well-known/tdmrep.json
    path: str = ""  # the work's path on that site, for which tdmrep.json is asked; empty: for every path in it

    def __post_init__(self) -> None:
        """Refuse more than a page, its headers and its site's file can be."""
        limits = {"page": LONGEST_PAGE, "headers": LONGEST_HEADERS, "tdmrep": LONGEST_TDMREP, "path": LONGEST_PATH}
        for name, most in limits.items():
            if len(getattr(self, name)) > most:
                raise ConsentError(
                    f"The source's {name} has {len(getattr(self, name)):,} characters and {most:,} are read. Cut it "
                    "down to the part that speaks of robots, of text and data mining, or of training."
                )


def verdict_of(signals: Iterable[Signal]) -> Verdict:
    """One answer from many: any no is a no; a yes counts only where nothing is unknown; nothing found is unknown."""
    found = {signal.verdict for signal in signals}
    if Verdict.DENY in found:
        return Verdict.DENY
    return Verdict.ALLOW if found == {Verdict.ALLOW} else Verdict.UNKNOWN


def from_headers(headers: Mapping[str, str]) -> tuple[Signal, ...]:
    """Signals in the headers of an answer on the web, in any case."""
    found: list[Signal] = []
    for name, value in headers.items():
        reader = _HEADERS.get(name.casefold().strip())
        found.extend(reader(value) if reader else ())
    return tuple(found)


def from_html(page: str) -> tuple[Signal, ...]:
    """Signals in the meta elements of a page."""
    reader = _Meta()
    reader.feed(page)
    return from_headers({}) + tuple(signal for pair in reader.found for signal in _from_meta(*pair))


def from_source(source: Source) -> tuple[Signal, ...]:
    """Signals in everything that is known of where a work was found."""
    lines = (line.partition(":") for line in source.headers.splitlines())
    headers = (signal for name, _, value in lines for signal in from_headers({name: value.strip()}))
    rules = from_tdmrep(source.tdmrep, source.path) if source.tdmrep else ()
    return (*headers, *from_html(source.page), *rules)


def from_tdmrep(document: str, path: str = "") -> tuple[Signal, ...]:
    """What a site's ``/.well-known/tdmrep.json`` says about ``path``: the longest location that fits decides.

    Without a path every rule in it counts, so that the strictest wins.
    """
    try:
        rules = [(str(rule["location"]), str(rule.get("tdm-reservation", "1"))) for rule in json.loads(document)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return (Signal(form="tdmrep", verdict=Verdict.UNKNOWN, raw=_short(f"unreadable: {error}")),)
    if path:
        fitting = [rule for rule in rules if _fits(rule[0], path)]
        rules = [max(fitting, key=lambda rule: len(rule[0]))] if fitting else []
    return tuple(from_reservation(value) for _, value in rules)


def from_reservation(value: str, policy: str = "") -> Signal:
    """TDMRep's reservation, 1 or 0, with the address of its terms where it names some; other values are unknown."""
    verdict = {"1": Verdict.DENY, "0": Verdict.ALLOW}.get(value.strip(), Verdict.UNKNOWN)
    terms = f", tdm-policy: {policy}" if policy else ""
    return Signal(form="tdmrep", verdict=verdict, raw=_short(f"tdm-reservation: {value}{terms}"))


def from_entries(form: str, entries: Mapping[str, object]) -> tuple[Signal, ...]:
    """The entries of a training-mining assertion. Unknown uses are unknown; a missing training entry says nothing."""
    found: list[Signal] = []
    for name, entry in sorted(entries.items()):
        kind = name.rpartition(".")[2]
        if kind in (*_TRAINING, *_ALSO):
            raw = json.dumps({name: entry}, sort_keys=True, default=str)
            found.append(Signal(form=form, verdict=_entry_verdict(kind, entry), raw=_short(raw)))
    return tuple(found)


def from_xmp(content: bytes) -> tuple[Signal, ...]:
    """IPTC's ``plus:DataMining`` property, wherever the file carries its XMP packet."""
    return tuple(
        Signal(form="iptc", verdict=_plus_verdict(match[1].decode()), raw=match[1].decode())
        for match in _PLUS.finditer(content)
    )


def to_json(signals: Iterable[Signal]) -> str:
    """The signals as kept beside a work: the raw words stay on record."""
    return json.dumps([asdict(signal) for signal in signals], ensure_ascii=False)


def from_json(text: str) -> tuple[Signal, ...]:
    """The signals that ``to_json`` wrote."""
    return tuple(Signal(form=row["form"], verdict=Verdict(row["verdict"]), raw=row["raw"]) for row in json.loads(text))


class _Meta(HTMLParser):
    """Collects name and content of meta elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a meta element says."""
        told = dict(attrs)
        if tag == "meta":
            name = told.get("name") or told.get("http-equiv") or ""
            self.found.append((name.casefold().strip(), told.get("content") or ""))


def _from_meta(name: str, content: str) -> Iterator[Signal]:
    if name == "robots":
        yield from _robots(content)
    elif name in _HEADERS:
        yield from _HEADERS[name](content)


def _robots(value: str) -> Iterator[Signal]:
    words = {word.strip().casefold() for part in value.split(":") for word in part.split(",")}
    if words & _NO_AI:
        yield Signal(form="noai", verdict=Verdict.DENY, raw=_short(value))


def _tdm(value: str) -> Iterator[Signal]:
    yield from_reservation(value)


def _aipref(value: str) -> Iterator[Signal]:
    """``train-ai=n, search=y`` or with parameters; a key given twice counts as last given (RFC 9651, 4.2.2)."""
    told: dict[str, str] = {}
    for part in value.split(","):
        key, _, rest = part.strip().partition("=")
        told[key.strip()] = rest.partition(";")[0].strip()
    if "train-ai" in told:
        verdict = {"n": Verdict.DENY, "y": Verdict.ALLOW}.get(told["train-ai"], Verdict.UNKNOWN)
        yield Signal(form="aipref", verdict=verdict, raw=_short(f"{AIPREF_VERSION}: {value}"))


_HEADERS: Final = {"content-usage": _aipref, "tdm-reservation": _tdm, "x-robots-tag": _robots}


def _entry_verdict(kind: str, entry: object) -> Verdict:
    use = entry.get("use") if isinstance(entry, Mapping) else entry
    if use == "allowed":
        return Verdict.ALLOW
    if use == "constrained" and kind in _ALSO:
        return Verdict.UNKNOWN
    return Verdict.DENY if use in ("notAllowed", "constrained") else Verdict.UNKNOWN


def _plus_verdict(code: str) -> Verdict:
    if code == "DMI-ALLOWED":
        return Verdict.ALLOW
    return Verdict.DENY if code.startswith("DMI-PROHIBITED") else Verdict.UNKNOWN


def _fits(location: str, path: str) -> bool:
    """A location of tdmrep.json is a path in which ``*`` stands for anything and ``$`` for the end (as RFC 9309)."""
    pattern = re.escape(location).replace(r"\*", ".*")
    pattern = pattern.removesuffix(r"\$") + "$" if pattern.endswith(r"\$") else pattern
    return re.match(pattern, path) is not None


def _short(text: str) -> str:
    return text[:_LONGEST_RAW]
