"""Artists who do not exist: how they write, when they work, where from; what leak detection is measured on.

Nobody has watched real members. Every number here is an assumption, published so that it can be argued with: it stands
in ``Town``, in ``Tongue`` or beside the line that draws with it. Prompts are made as people make them: small words that
everybody uses, favourite ones, the subject of the week or of the day, and words that nobody wrote before; some are
pasted whole from elsewhere, and manners of writing change with the weeks.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import heappop, heappush
from typing import TypeVar

import numpy as np

from vitascope.programme.leaks.ladder import BUSY, JUST_ENDED
from vitascope.programme.leaks.sighting import Origin, Sighting, manner_of, minhash

HOUR, DAY = 3600.0, 86_400.0
LIMIT = BUSY  # jobs in flight
_BEATS = (1.0, 2.0, 5.0, 10.0)  # seconds between the looks of programs
_PEPPER = b"simulated"
_Thing = TypeVar("_Thing")
_SMALL, _WEEK, _WAVE = 150, 7 * DAY, 17  # the last is the seed of the weeks' subjects
_SCRIPTS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуф", "あいうえおかきくけこさしすせそ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """How people write prompts; shares, unless another unit is named."""

    words: int = 20_000  # of each alphabet, drawn by Zipf's law
    favourites: int = 300  # of each hand, some far oftener than others
    small: float = 0.35  # of a prompt's words: the 150 that everybody uses
    fresh: float = 0.08  # of a prompt's words: never written before by anybody (names, numbers, slips of the pen)
    subject: float = 0.3  # of a prompt's words: from what it is about
    pasted: float = 0.05  # prompts from elsewhere: anybody's words in anybody's manner
    drift: float = 0.15  # chance of a day to change one manner of writing for another
    wave: float = 0.15  # prompts about what everybody is about this week
    unknown: float = 0.3  # of a new project's words: new to whoever begins it
    latin: float = 0.85  # write in Latin letters
    bilingual: float = 0.1  # write one prompt in five in another alphabet


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the people of a simulation are like; shares are of all members, chances are a day's."""

    tongue: Tongue = Tongue()
    second_device: float = 0.6
    program: float = 0.4  # poll by a program, all the time, each program by a clock of its own
    pair: float = 0.05  # lend their key to one assistant, though they should not
    wanderer: float = 0.1  # change subject and manner with every prompt
    works: float = 0.75  # chance of a working day
    long_day: float = 0.1  # of 12 to 14 hours; other days have 3 to 10
    batch: float = 0.15  # of 50 jobs at once
    batch_first: float = 0.3  # of batches: the day begins with it, wherever that is and by whatever program
    trip: float = 0.03  # of 2 to 5 days, each with one or two networks never seen before
    tunnel: float = 0.05  # a session through a private network's exit
    is_listed: bool = False  # whether the operator lists datacentres, where such exits and public pages are
    new_client: float = 0.02  # a new laptop, browser or program
    render: tuple[float, float] = (60.0, 0.5)  # median seconds and spread of the logarithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """One hand: an alphabet, favourite words, and one to three manners of writing with their shares."""

    letters: str
    topics: tuple[int, ...]
    manners: tuple[tuple[int, str, int, str], ...]  # words, capitals, commas, end
    is_wanderer: bool
    other_letters: str  # the same, for who writes in one alphabet


@dataclass(frozen=True, slots=True, kw_only=True)
class Artist:
    """One member with a key: who writes, where from, on what."""

    writers: tuple[Writer, ...]
    home: str
    devices: tuple[str, ...]
    beat: float | None  # seconds between its program's looks at the list, where they use one


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """One order of somebody who does not exist: what is written, where from, and how long its render takes."""

    at: float
    prompt: str
    origin: Origin
    in_flight: int
    render: float  # seconds
    polls: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sitting:
    """What stays the same while somebody sits and works: whose key, from where, on what."""

    artist: Artist
    town: Town
    origin: Origin
    project: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class _Desk:
    """What the simulated server remembers of one key: when the jobs in flight end."""

    ends: list[float] = field(default_factory=list)

    def in_flight(self, at: float) -> int:
        """As the watch counts: what has just ended is in flight still."""
        while self.ends and self.ends[0] <= at - JUST_ENDED:
            heappop(self.ends)
        return len(self.ends)

    def free_at(self, at: float) -> float:
        running = [end for end in self.ends if end > at]
        return at if len(running) < LIMIT else min(running)


def draw_writer(rng: np.random.Generator, town: Town) -> Writer:
    """A hand of its own."""
    letters = _SCRIPTS[0] if rng.random() < town.tongue.latin else _SCRIPTS[int(rng.integers(1, len(_SCRIPTS)))]
    manners = tuple(_draw_manner(rng) for _ in range(int(rng.integers(1, 4))))
    topics = _draw_words(rng, town, town.tongue.favourites)
    other = _SCRIPTS[int(rng.integers(len(_SCRIPTS)))] if rng.random() < town.tongue.bilingual else letters
    is_wanderer = bool(rng.random() < town.wanderer)
    return Writer(letters=letters, topics=topics, manners=manners, is_wanderer=is_wanderer, other_letters=other)


def draw_artist(rng: np.random.Generator, town: Town, name: str) -> Artist:
    """A member."""
    num_writers = 2 if rng.random() < town.pair else 1
    devices = (f"{name}/first", f"{name}/second") if rng.random() < town.second_device else (f"{name}/first",)
    return Artist(
        writers=tuple(draw_writer(rng, town) for _ in range(num_writers)),
        home=f"{name}/home",
        devices=devices,
        beat=_pick(rng, _BEATS) if rng.random() < town.program else None,
    )


def write_prompt(
    rng: np.random.Generator, writer: Writer, project: tuple[int, ...], town: Town, *, at: float, wave: float
) -> str:
    """A prompt of that moment, in one of the hand's manners or, now and then, in another.

    ``wave`` is the share of prompts that are about what everybody is about this week.
    """
    is_pasted, is_strange = rng.random() < town.tongue.pasted, rng.random() < (0.6 if writer.is_wanderer else 0.08)
    length, capitals, commas, end = _draw_manner(rng) if is_pasted or is_strange else _pick(rng, writer.manners)
    subject = _week(town, at) if rng.random() < wave else () if writer.is_wanderer or is_pasted else project
    chosen = _words(
        rng, () if is_pasted else writer.topics, subject, town, max(2, round(length * rng.uniform(0.75, 1.3)))
    )
    letters = writer.other_letters if rng.random() < 0.2 else writer.letters
    text = " ".join(_word(number, letters) for number in chosen)
    for _ in range(commas):
        text = (
            text.replace(" ", ", ", int(rng.integers(1, 3))) if rng.random() < 0.5 else f"{text}, {_word(7, letters)}"
        )
    return {"first": text.capitalize(), "upper": text.upper(), "lower": text}[capitals] + end


def _words(
    rng: np.random.Generator, favourites: tuple[int, ...], subject: tuple[int, ...], town: Town, count: int
) -> list[int]:
    """The numbers of a prompt's words: small ones, fresh ones, its subject, and favourites or anybody's."""
    draws, ranks = rng.random(count), rng.random(count) ** 2
    anybodys = _SMALL + rng.zipf(1.3, size=count) % (town.tongue.words - _SMALL)
    found = []
    for draw, rank, common in zip(draws, ranks, anybodys, strict=True):
        if draw < town.tongue.small:
            found.append(int(rng.zipf(1.3)) % _SMALL)
        elif draw < town.tongue.small + town.tongue.fresh:
            found.append(town.tongue.words + int(rng.integers(10**9)))
        elif draw < town.tongue.small + town.tongue.fresh + town.tongue.subject and subject:
            found.append(_pick(rng, subject))
        else:
            found.append(favourites[int(rank * len(favourites))] if favourites else int(common))
    return found


def _week(town: Town, at: float) -> tuple[int, ...]:
    """What everybody is about in the week of ``at``: twelve words."""
    return _subjects(town, int(at // _WEEK))


@lru_cache
def _subjects(town: Town, week: int) -> tuple[int, ...]:
    return _draw_words(np.random.default_rng([_WAVE, week]), town, 12)


def _draw_words(rng: np.random.Generator, town: Town, count: int) -> tuple[int, ...]:
    return tuple(int(word) for word in _SMALL + rng.zipf(1.3, size=count) % (town.tongue.words - _SMALL))


def days_of(
    rng: np.random.Generator, artist: Artist, town: Town, *, num_days: int, begin: float = 0.0
) -> Iterator[Sighting]:
    """All creations of a member's next days, in order, as the watch sees them."""
    for made in work_of(rng, artist, town, num_days=num_days, begin=begin):
        is_hosted = town.is_listed and made.origin.network.startswith("tunnel")
        yield sighting(
            made.at, made.prompt, made.origin, in_flight=made.in_flight, polls=made.polls, is_hosted=is_hosted
        )


def work_of(
    rng: np.random.Generator, artist: Artist, town: Town, *, num_days: int, begin: float = 0.0
) -> Iterator[Creation]:
    """All creations of a member's next days, in order."""
    desk, trip, away, devices = _Desk(), "", 0, artist.devices
    project = _new_project(rng, artist.writers[0], town)
    for day in range(num_days):
        if not away and rng.random() < town.trip:
            away, trip = int(rng.integers(2, 6)), f"{artist.home}/{day}"
        network = f"{trip}/{rng.integers(2)}" if away else artist.home
        away = max(0, away - 1)
        if rng.random() < town.new_client:
            devices = (f"{artist.home}/new{day}", *devices[1:])
            artist = replace(artist, beat=artist.beat and _pick(rng, _BEATS))
        if rng.random() < 0.2:
            project = _new_project(rng, artist.writers[0], town)
        if rng.random() < town.tongue.drift:
            artist = replace(artist, writers=tuple(_drifted(rng, writer) for writer in artist.writers))
        if rng.random() < town.works:
            origin = Origin(network=network, client=_pick(rng, devices))
            sitting = _Sitting(artist=artist, town=town, origin=origin, project=project)
            yield from _day(rng, sitting, desk, begin + day * DAY, devices)


def sighting(  # what the desk sees of an order, one by one
    at: float,
    prompt: str,
    origin: Origin,
    *,
    in_flight: int,
    polls: tuple[float, ...] = (),
    is_hosted: bool = False,
) -> Sighting:
    """A creation as the watch of a real server sees it: the same hashes of the same text."""
    return Sighting(
        at=at,
        minhash=minhash(prompt, _PEPPER),
        manner=manner_of(prompt),
        origin=origin,
        in_flight=in_flight,
        limit=LIMIT,
        polls=polls,
        is_hosted=is_hosted,
    )


def _day(
    rng: np.random.Generator, sitting: _Sitting, desk: _Desk, midnight: float, devices: tuple[str, ...]
) -> Iterator[Creation]:
    """Sessions of 20 to 90 minutes with pauses between, and sometimes a batch of 50."""
    town = sitting.town
    hours = float(rng.uniform(12, 14) if rng.random() < town.long_day else rng.uniform(3, 10))
    clock = midnight + float(rng.uniform(7, 11)) * HOUR
    until = min(clock + hours * HOUR, midnight + DAY - HOUR)
    share = float(rng.uniform()) if rng.random() < town.batch else None
    batch_at = until + DAY if share is None else clock + share * hours * HOUR
    is_first = share is not None and share < town.batch_first
    while clock < until:
        network = f"tunnel{rng.integers(200)}" if rng.random() < town.tunnel else sitting.origin.network
        here = replace(sitting, origin=Origin(network=network, client=_pick(rng, devices)))
        end, pace = clock + float(rng.uniform(20, 90)) * 60, 60 / float(rng.uniform(0.1, 0.4))
        if is_first:
            batch_at, is_first = until + DAY, False
            clock = yield from _batch(rng, here, desk, clock)
        while clock < end:
            clock = (yield from _create(rng, here, desk, clock)) + float(rng.exponential(pace))
        if clock > batch_at:
            batch_at = until + DAY
            clock = yield from _batch(rng, here, desk, clock)
        clock += float(rng.uniform(5, 60)) * 60


def _batch(rng: np.random.Generator, sitting: _Sitting, desk: _Desk, clock: float) -> Generator[Creation, None, float]:
    """Fifty jobs without a pause; gives back when the last was taken."""
    for _ in range(50):
        clock = (yield from _create(rng, sitting, desk, clock)) + 0.2
    return clock


def _create(rng: np.random.Generator, sitting: _Sitting, desk: _Desk, clock: float) -> Generator[Creation, None, float]:
    """One creation, as soon as there is room; gives back when that was."""
    clock = desk.free_at(clock)
    in_flight = desk.in_flight(clock)
    median, spread = sitting.town.render
    render = float(rng.lognormal(np.log(median), spread))
    heappush(desk.ends, clock + render)
    writer, town = _pick(rng, sitting.artist.writers), sitting.town
    prompt = write_prompt(rng, writer, sitting.project, town, at=clock, wave=town.tongue.wave)
    polls = _polls(rng, sitting.artist.beat)
    yield Creation(at=clock, prompt=prompt, origin=sitting.origin, in_flight=in_flight, render=render, polls=polls)
    return clock


def _polls(rng: np.random.Generator, every: float | None) -> tuple[float, ...]:
    """The last gaps between looks at the list: a program's are even, a person's are not."""
    drawn = rng.exponential(20.0, size=24) if every is None else rng.normal(every, every / 50, size=24)
    return tuple(float(gap) for gap in drawn)


def _new_project(rng: np.random.Generator, writer: Writer, town: Town) -> tuple[int, ...]:
    """Eight words: some that are new to whoever begins it, favourites otherwise."""
    return tuple(
        int(rng.integers(_SMALL, town.tongue.words))
        if rng.random() < town.tongue.unknown
        else _pick(rng, writer.topics)
        for _ in range(8)
    )


def _drifted(rng: np.random.Generator, writer: Writer) -> Writer:
    """The same hand with one manner changed for another."""
    kept = list(writer.manners)
    kept[int(rng.integers(len(kept)))] = _draw_manner(rng)
    return replace(writer, manners=tuple(kept))


def _draw_manner(rng: np.random.Generator) -> tuple[int, str, int, str]:
    return (
        int(rng.choice([3, 6, 11, 20, 40])),
        str(rng.choice(["lower", "first", "first", "upper"], p=[0.5, 0.23, 0.23, 0.04])),
        int(rng.choice([0, 1, 3, 5])),
        str(rng.choice(["", "", ".", "!"], p=[0.4, 0.2, 0.3, 0.1])),
    )


def _pick(rng: np.random.Generator, things: tuple[_Thing, ...]) -> _Thing:
    return things[int(rng.integers(len(things)))]


def _word(number: int, letters: str) -> str:
    """The word of that number, always the same, at least three letters long."""
    number, word = number + len(letters) ** 2, ""
    while number:
        number, digit = divmod(number, len(letters))
        word += letters[digit]
    return word
