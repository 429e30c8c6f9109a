"""Artists who do not exist: how they write, when they work, where from; what leak detection is measured on.

Nobody has watched real members. Every number here is an assumption, published so that it can be argued with: it stands
in ``Town`` or beside the line that draws with it.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from typing import TypeVar

import numpy as np

from vitascope.programme.leaks.sighting import Origin, Sighting, manner_of, minhash

HOUR, DAY = 3600.0, 86_400.0
LIMIT = 4  # jobs in flight
_PEPPER = b"simulated"
_Thing = TypeVar("_Thing")
_SCRIPTS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуф", "あいうえおかきくけこさしすせそ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the people of a simulation are like; shares are of all members, chances are a day's."""

    words: int = 5_000  # of each alphabet, drawn by Zipf's law
    latin: float = 0.85  # write in Latin letters
    bilingual: float = 0.1  # write one prompt in five in another alphabet
    second_device: float = 0.6
    program: float = 0.4  # poll by a program, every 2 s, all the time
    pair: float = 0.05  # lend their key to one assistant, though they should not
    wanderer: float = 0.1  # change subject and manner with every prompt
    works: float = 0.75  # chance of a working day
    long_day: float = 0.1  # of 12 to 14 hours; other days have 3 to 10
    batch: float = 0.15  # of 50 jobs at once
    trip: float = 0.03  # of 2 to 5 days, each with one or two networks never seen before
    tunnel: float = 0.05  # a session through a private network's exit
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
    has_program: bool


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
        while self.ends and self.ends[0] <= at:
            heappop(self.ends)
        return len(self.ends)

    def free_at(self, at: float) -> float:
        return at if self.in_flight(at) < LIMIT else self.ends[0]


def draw_writer(rng: np.random.Generator, town: Town) -> Writer:
    """A hand of its own."""
    letters = _SCRIPTS[0] if rng.random() < town.latin else _SCRIPTS[int(rng.integers(1, len(_SCRIPTS)))]
    manners = tuple(_draw_manner(rng) for _ in range(int(rng.integers(1, 4))))
    topics = tuple(int(word) for word in rng.zipf(1.3, size=60) % town.words)
    other = _SCRIPTS[int(rng.integers(len(_SCRIPTS)))] if rng.random() < town.bilingual else letters
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
        has_program=bool(rng.random() < town.program),
    )


def write_prompt(rng: np.random.Generator, writer: Writer, project: tuple[int, ...], town: Town) -> str:
    """A prompt: the words of the project, then favourite ones, anybody's where these run out; in one of the manners."""
    length, capitals, commas, end = (
        _draw_manner(rng) if rng.random() < (0.6 if writer.is_wanderer else 0.08) else _pick(rng, writer.manners)
    )
    num_words = max(2, round(length * float(rng.uniform(0.75, 1.3))))
    own = () if writer.is_wanderer else project
    common = tuple(int(word) for word in rng.zipf(1.3, size=max(1, num_words // 2)) % town.words)
    chosen = [*own, *(_pick(rng, writer.topics) for _ in range(num_words)), *common][: max(num_words, len(own))]
    letters = writer.other_letters if rng.random() < 0.2 else writer.letters
    text = " ".join(_word(number, letters) for number in chosen)
    for _ in range(commas):
        text = (
            text.replace(" ", ", ", int(rng.integers(1, 3))) if rng.random() < 0.5 else f"{text}, {_word(7, letters)}"
        )
    return {"first": text.capitalize(), "upper": text.upper(), "lower": text}[capitals] + end


def days_of(
    rng: np.random.Generator, artist: Artist, town: Town, *, num_days: int, begin: float = 0.0
) -> Iterator[Sighting]:
    """All creations of a member's next days, in order."""
    desk, trip, away, devices = _Desk(), "", 0, artist.devices
    project = _new_project(rng, artist.writers[0])
    for day in range(num_days):
        if not away and rng.random() < town.trip:
            away, trip = int(rng.integers(2, 6)), f"{artist.home}/{day}"
        network = f"{trip}/{rng.integers(2)}" if away else artist.home
        away = max(0, away - 1)
        if rng.random() < town.new_client:
            devices = (f"{artist.home}/new{day}", *devices[1:])
        if rng.random() < 0.2:
            project = _new_project(rng, artist.writers[0])
        if rng.random() < town.works:
            origin = Origin(network=network, client=_pick(rng, devices))
            sitting = _Sitting(artist=artist, town=town, origin=origin, project=project)
            yield from _day(rng, sitting, desk, begin + day * DAY, devices)


def sighting(at: float, prompt: str, origin: Origin, *, in_flight: int, polls: tuple[float, ...] = ()) -> Sighting:
    """A creation as the watch of a real server sees it: the same hashes of the same text."""
    return Sighting(
        at=at,
        minhash=minhash(prompt, _PEPPER),
        manner=manner_of(prompt),
        origin=origin,
        in_flight=in_flight,
        limit=LIMIT,
        polls=polls,
    )


def _day(
    rng: np.random.Generator, sitting: _Sitting, desk: _Desk, midnight: float, devices: tuple[str, ...]
) -> Iterator[Sighting]:
    """Sessions of 20 to 90 minutes with pauses between, and sometimes a batch of 50."""
    town = sitting.town
    hours = float(rng.uniform(12, 14) if rng.random() < town.long_day else rng.uniform(3, 10))
    clock = midnight + float(rng.uniform(7, 11)) * HOUR
    until = min(clock + hours * HOUR, midnight + DAY - HOUR)
    batch_at = clock + float(rng.uniform(0, hours)) * HOUR if rng.random() < town.batch else until + DAY
    while clock < until:
        network = f"tunnel{rng.integers(200)}" if rng.random() < town.tunnel else sitting.origin.network
        here = replace(sitting, origin=Origin(network=network, client=_pick(rng, devices)))
        end, pace = clock + float(rng.uniform(20, 90)) * 60, 60 / float(rng.uniform(0.1, 0.4))
        while clock < end:
            clock = (yield from _create(rng, here, desk, clock)) + float(rng.exponential(pace))
        if clock > batch_at:
            batch_at = until + DAY
            for _ in range(50):
                clock = (yield from _create(rng, here, desk, clock)) + 0.2
        clock += float(rng.uniform(5, 60)) * 60


def _create(rng: np.random.Generator, sitting: _Sitting, desk: _Desk, clock: float) -> Generator[Sighting, None, float]:
    """One creation, as soon as there is room; gives back when that was."""
    clock = desk.free_at(clock)
    in_flight = desk.in_flight(clock)
    median, spread = sitting.town.render
    heappush(desk.ends, clock + float(rng.lognormal(np.log(median), spread)))
    prompt = write_prompt(rng, _pick(rng, sitting.artist.writers), sitting.project, sitting.town)
    polls = _polls(rng, 2.0 if sitting.artist.has_program else None)
    yield sighting(clock, prompt, sitting.origin, in_flight=in_flight, polls=polls)
    return clock


def _polls(rng: np.random.Generator, every: float | None) -> tuple[float, ...]:
    """The last gaps between looks at the list: a program's are even, a person's are not."""
    drawn = rng.exponential(20.0, size=24) if every is None else rng.normal(every, every / 50, size=24)
    return tuple(float(gap) for gap in drawn)


def _new_project(rng: np.random.Generator, writer: Writer) -> tuple[int, ...]:
    return tuple(_pick(rng, writer.topics) for _ in range(int(rng.integers(2, 5))))


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
