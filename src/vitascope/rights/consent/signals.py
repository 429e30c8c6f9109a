"""Signals: what a file, a page or a site says about training on it, read into one verdict.

Unknown means no, and the most restrictive signal wins. A person's own consent, given by name for one work, beats a
general signal (draft-ietf-aipref-attach says so too); that is decided in ``works``, not here. Forms read:

- C2PA ``c2pa.training-mining`` and CAWG ``cawg.training-mining`` 1.1: entries ``cawg.ai_generative_training`` and
  others, each ``allowed``, ``notAllowed`` or ``constrained``; constrained without a way to meet it counts as no.
- TDMRep (W3C CG, 2024): ``tdm-reservation: 1`` in a header or meta element; 0 says nothing against it.
- aipref: ``Content-Usage: train-ai=n`` (draft-ietf-aipref-vocab), a structured-field dictionary (RFC 9651).
- ``noai``, ``noimageai`` in ``X-Robots-Tag`` or a robots meta element; IPTC ``DataMining`` of PLUS in XMP.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from html.parser import HTMLParser
from typing import Final

AIPREF_VERSION: Final = "draft-ietf-aipref-vocab-05"
_TRAINING: Final = ("ai_generative_training", "ai_training")
_ALSO: Final = ("data_mining",)
_NO_AI: Final = frozenset({"noai", "noimageai"})
_PLUS: Final = re.compile(rb"plus:DataMining[^A-Za-z]{1,40}(?:http://ns\.useplus\.org/ldf/vocab/)?(DMI-[A-Z-]+)")
_LONGEST_RAW: Final = 300


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


def from_tdmrep(document: str, path: str) -> tuple[Signal, ...]:
    """What a site's ``/.well-known/tdmrep.json`` says about ``path``: the longest location that fits decides."""
    try:
        rules = json.loads(document)
        fitting = [rule for rule in rules if _fits(str(rule["location"]), path)]
        chosen = max(fitting, key=lambda rule: len(str(rule["location"])), default=None)
    except (ValueError, KeyError, TypeError) as error:
        return (Signal(form="tdmrep", verdict=Verdict.UNKNOWN, raw=_short(f"unreadable: {error}")),)
    return () if chosen is None else tuple(_tdm(str(chosen.get("tdm-reservation", "1"))))


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
    verdict = {"1": Verdict.DENY, "0": Verdict.ALLOW}.get(value.strip(), Verdict.UNKNOWN)
    yield Signal(form="tdmrep", verdict=verdict, raw=_short(f"tdm-reservation: {value}"))


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
