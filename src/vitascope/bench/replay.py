"""The leak of 2024 against a desk that listens: real keys, SQLite, ``decide`` and the watch, through the official SDK.

``vitascope bench leaks`` plays it. ``bench/leaks.py`` asks the score alone, many times; here one member's key stands
behind a public page that calls over HTTP beside members at work, and what is told is what the API answered. Only time
is made up, and how long a render takes.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from heapq import merge
from pathlib import Path

import numpy as np
import openai

from vitascope.bench.artists import DAY, HOUR, LIMIT, Creation, Town, draw_artist, draw_writer, work_of, write_prompt
from vitascope.bench.crowd import MODEL, Clock, Member, Painters, Stage, join, lines_of, open_house
from vitascope.bench.leaks import Leak
from vitascope.programme.leaks.sighting import Origin
from vitascope.rights.hold import Level

Rehearsing = Callable[[Path, Painters, Clock], AbstractContextManager[Stage]]
"""What opens a desk on a folder, by a clock: ``server/rehearsal.py``."""

BEGIN = 1_800_000_000.0 - 1_800_000_000.0 % DAY
_BEFORE = HOUR / 2  # the others are at work when it begins
_AFTER = 5.0  # seconds after a moment, for what is read then
_PAGE = Origin(network="datacentre", client="page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is played: how many members, with how much history, and what happens to the first one's key."""

    leak: Leak = field(default_factory=Leak)
    seed: int = 0
    members: int = 8
    days: int = 14  # of history
    each: int = 1  # of so many creations of the history one is made
    painters: int = 6
    minutes: float = 60.0  # of the leak
    hour: float = 11.0  # of the day, when it begins
    town: Town = field(default_factory=Town)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of it, as the API told it. ``minutes`` and ``renders`` are None where the key was not held."""

    length: float  # seconds of a render of the page
    watched: float | None  # minutes until the first hold of any level
    minutes: float | None  # until throttle or above
    renders: int | None  # that the page had ordered by then
    level: str = ""
    why: tuple[str, ...] = ()  # notices that the member reads
    refusals: tuple[str, ...] = ()  # what the page was told, each once
    got_through: int = 0  # renders of the page in all
    others_refused: int = 0
    others_held: int = 0  # other members with a hold above watch
    waits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # of every other member, in order
    undisturbed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # the same without the leak


@dataclass(slots=True, kw_only=True)
class _House:
    """A desk, who is there, and what each will do."""

    stage: Stage
    clock: Clock
    painters: Painters
    members: list[Member]
    refused: int = 0
    videos: dict[str, list[str]] = field(default_factory=dict)

    def order(self, member: Member, made: Creation) -> str | None:
        """Order it through the SDK at its time; the id, or None where the desk said no."""
        self.painters.until(made.at, self.stage)
        video = member.line(made.origin).videos.create(
            prompt=made.prompt, model=MODEL, seconds="4", extra_body={"seed": 7}
        )
        self.painters.lengths[video.id] = made.render
        self.videos.setdefault(member.name, []).append(video.id)
        self.painters.until(made.at, self.stage)
        return video.id

    def look(self, member: Member, origin: Origin, at: float) -> dict[str, str]:
        """The last ten videos of a member and how they stand, at that time."""
        self.painters.until(at, self.stage)
        return {video.id: video.status for video in member.line(origin).videos.list(limit=10).data}


def play(piece: Piece, rehearsing: Rehearsing, folder: Path) -> Played:
    """History once, then the leak and, from the same state, the same hours without it."""
    before = folder / "before"
    before.mkdir(parents=True)
    members, rests = _live(piece, rehearsing, before)
    for name in ("alone", "leaked"):
        shutil.copytree(before, folder / name)
    alone = _hours(piece, rehearsing, folder / "alone", members, rests, is_leaked=False)
    return _hours(piece, rehearsing, folder / "leaked", members, rests, is_leaked=True, undisturbed=alone.waits)


def _live(piece: Piece, rehearsing: Rehearsing, folder: Path) -> tuple[list[Member], list[list[Creation]]]:
    """The members' history at the desk, and what each will order in the hours of the leak."""
    clock, rests = Clock(BEGIN - HOUR), []
    painters = Painters(clock=clock, count=LIMIT * piece.members)
    with rehearsing(folder, painters, clock) as stage:
        open_house(stage, clock)
        members = [join(stage, clock, f"member{number}") for number in range(piece.members)]
        house = _House(stage=stage, clock=clock, painters=painters, members=members)
        works = [_work(piece, number, member.name) for number, member in enumerate(members)]
        until = BEGIN + piece.days * DAY
        past = [[made for made in work if made.at < until][:: piece.each] for work in works]
        rests = [[made for made in work if made.at >= until] for work in works]
        with lines_of(members, stage.url):
            for number, made in _together(past):
                _create(house, members[number], made)
            painters.until(until, stage)
    return members, rests


def _hours(
    piece: Piece,
    rehearsing: Rehearsing,
    folder: Path,
    members: list[Member],
    rests: list[list[Creation]],
    *,
    is_leaked: bool,
    undisturbed: Mapping[str, tuple[float, ...]] | None = None,
) -> Played:
    begin = BEGIN + piece.days * DAY + piece.hour * HOUR
    clock = Clock(begin - 2 * HOUR)
    painters = Painters(clock=clock, count=piece.painters)
    with ExitStack() as open_:
        stage = open_.enter_context(rehearsing(folder, painters, clock))
        open_.enter_context(lines_of(members, stage.url))
        house = _House(stage=stage, clock=clock, painters=painters, members=members)
        end = begin + 60 * piece.minutes
        at_work = [[made for made in rest if begin - _BEFORE <= made.at < end] for rest in rests[1:]]
        page = _Page(house, piece, begin) if is_leaked else None
        for number, made in _together(at_work):
            if page is not None:
                page.until(made.at)
            _create(house, members[1 + number], made)
        if page is not None:
            page.until(end)
        painters.until(end + HOUR, stage)
        clock.now = end + _AFTER
        waits = {
            member.name: tuple(painters.waits[video] for video in house.videos.get(member.name, ()))
            for member in members[1:]
        }
        held = sum(_highest(member) > Level.WATCH for member in members[1:])
        told = page.told() if page is not None else _nothing(piece)
        return replace(told, waits=waits, undisturbed=undisturbed or {}, others_refused=house.refused, others_held=held)


def _nothing(piece: Piece) -> Played:
    return Played(length=piece.leak.render, watched=None, minutes=None, renders=None)


class _Page:
    """A public page on one host: a queue of strangers at the door, four jobs at a time, one look every five seconds."""

    def __init__(self, house: _House, piece: Piece, begin: float) -> None:
        self._house, self._piece, self._begin = house, piece, begin
        self._member, self._rng = house.members[0], np.random.default_rng([piece.seed, 1])
        self._hands = [draw_writer(self._rng, piece.town) for _ in range(piece.leak.hands)]
        self._mine: set[str] = set()
        self._orders: list[float] = []
        self._refusals: dict[str, None] = {}
        self._next = begin

    def until(self, at: float) -> None:
        """What the page does until then."""
        while self._next < at:
            self._turn(self._next)
            every = self._piece.leak.poll_every
            self._next += float(self._rng.normal(every, every / 100))

    def told(self) -> Played:
        """What the member reads, by the same key: reading is never paused."""
        holds = sorted(self._member.told("/programme/holds", _PAGE), key=lambda hold: str(hold["placed_at"]))
        slow = [hold for hold in holds if Level[str(hold["level"]).upper()] >= Level.THROTTLE]
        minutes = [(float(str(hold["placed_at"])) - self._begin) / 60 for hold in (*holds[:1], *slow[:1])]
        return Played(
            length=self._piece.leak.render,
            watched=minutes[0] if holds else None,
            minutes=minutes[-1] if slow else None,
            renders=sum(at <= self._begin + 60 * minutes[-1] + 1 for at in self._orders) if slow else None,
            level=str(slow[0]["level"]) if slow else "",
            why=tuple(str(notice["words"]) for notice in self._member.told("/programme/notices", _PAGE)),
            refusals=tuple(self._refusals),
            got_through=len(self._orders),
        )

    def _turn(self, at: float) -> None:
        standing = self._house.look(self._member, _PAGE, at)
        self._mine = {video for video in self._mine if standing.get(video) in {"queued", "in_progress"}}
        for number in range(LIMIT - len(self._mine)):
            if not self._order(at + number / 4):
                return

    def _order(self, at: float) -> bool:
        leak, rng = self._piece.leak, self._rng
        hand = self._hands[int(rng.integers(leak.hands))]
        prompt = write_prompt(rng, hand, tuple(hand.topics[:3]), self._piece.town, at=at, wave=leak.wave)
        render = leak.render * float(rng.uniform(0.95, 1.05))
        try:
            video = self._house.order(
                self._member, Creation(at=at, prompt=prompt, origin=_PAGE, in_flight=0, render=render)
            )
        except openai.APIStatusError as error:
            self._refusals[_said(error)] = None
            return False
        self._mine.add(str(video))
        self._orders.append(at)
        return True


def _create(house: _House, member: Member, made: Creation) -> None:
    """An honest creation, after the looks of a person or of the program they always use; a no is counted."""
    line, polls = member.line(made.origin), made.polls[-1:] if _is_person(made) else made.polls
    for ago in np.cumsum(polls[::-1])[::-1]:
        house.painters.until(max(house.clock.now, made.at - float(ago)), house.stage)
        line.videos.list(limit=10)
    try:
        house.order(member, made)
    except openai.APIStatusError:
        house.refused += 1


def _said(error: openai.APIStatusError) -> str:
    """The refusal as a program reads it: status, code, message."""
    told = error.body if isinstance(error.body, Mapping) else {}
    return f"{error.status_code} {told.get('code', '')}: {told.get('message', '')}"


def _is_person(made: Creation) -> bool:
    """Whether the looks are as uneven as a person's: one of them is enough then to be one."""
    return float(np.std(made.polls)) > 0.3 * float(np.mean(made.polls))


def _work(piece: Piece, number: int, name: str) -> list[Creation]:
    """What one member does in all the days of the piece."""
    rng = np.random.default_rng([piece.seed, 0, number])
    artist = draw_artist(rng, piece.town, name)
    return list(work_of(rng, artist, piece.town, num_days=piece.days + 1, begin=BEGIN))


def _together(works: list[list[Creation]]) -> Iterator[tuple[int, Creation]]:
    """What all of them do, in the order of time."""
    numbered = [[(made.at, number, made) for made in work] for number, work in enumerate(works)]
    for _, number, made in merge(*numbered, key=lambda one: one[:2]):
        yield number, made


def _highest(member: Member) -> Level:
    holds = member.told("/programme/holds", Origin(network=member.name, client="reader"))
    return max((Level[str(hold["level"]).upper()] for hold in holds), default=Level.NONE)


def lines(played: Played) -> Iterator[str]:
    """What came of one piece, for people."""
    others = [wait for waits in played.waits.values() for wait in waits]
    alone = [wait for waits in played.undisturbed.values() for wait in waits]
    if played.minutes is None:
        yield f"not held; {played.got_through} renders got through"
    else:
        yield (
            f"watched after {played.watched:.1f} minutes, {played.level} after {played.minutes:.1f} and "
            f"{played.renders} renders; {played.got_through} got through in all"
        )
    yield (
        f"others: {len(others)} renders, {played.others_refused} refused, {played.others_held} members above watch; "
        f"95 % served within {_p95(others):.1f} s, {_p95(alone):.1f} s without the leak"
    )


def _p95(waits: list[float]) -> float:
    return float(np.percentile(waits, 95)) if waits else 0.0
