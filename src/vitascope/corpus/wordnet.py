"""WordNet 3.1 as far as the lexicon needs it: nouns, what is a kind of what, and which sense of ours each is.

Formats: wndb(5WN) and senseidx(5WN) of the WordNet manual.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from vitascope.text.world import FIRST, Edition

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    "dog": ("02086723",),
    "cat": ("02124272",),
    "horse": ("02377103",),
    "rabbit": ("02326697", "02329084"),  # rabbits and hares
    "elephant": ("02506148",),
    "penguin": ("02058457",),
    "parrot": ("01819528",),
    "eagle": ("01615935",),
    "owl": ("01623768",),
    "duck": ("01848972",),
    "flamingo": ("02010212",),
    "peacock": ("01808784",),
    "frog": ("01642406",),
    "turtle": ("01665425",),
    "crocodile": ("01699274",),  # the order: alligators and caimans too
    "snake": ("01729333",),
    "whale": ("02065397",),
    "dolphin": ("02071627", "02073082"),  # and porpoises
    "shark": ("01484971",),
    "fish": ("02514684",),
    "octopus": ("01972805",),
    "crab": ("01979598",),
    "butterfly": ("02276911",),
    "bee": ("02209508",),
    "snail": ("01947031",),
    "spider": ("01774863",),
    "kangaroo": ("01879775",),
    "monkey": ("02486953",),
    "bat": ("02141851",),
    "dragon": ("09517519",),
    "bus": ("02927500",),
    "car": ("02961779",),
    "police_car": ("03145716",),
    "fire_engine": ("03350333",),
    "tractor": ("04472736",),
    "racing_car": ("04043919",),
    "motorcycle": ("03796045",),
    "locomotive": ("03690149", "04475240"),  # and railroad trains
    "airplane": ("02694015",),
    "helicopter": ("03517291",),
    "rocket": ("04106523", "04311353"),  # and spaceships
    "sailboat": ("04135600",),
    "speedboat": ("04280688", "03795763"),  # and motorboats
    "flying_saucer": ("05906432",),
    "parachute": ("03893954",),
    "sun": ("09473312",),
    "star": ("09467687", "09467004"),
    "shooting_star": ("11504390", "09376006"),
    "planet": ("09416900", "09417539"),
    "rain_cloud": ("09394597",),
    "storm_cloud": ("09468814", "09284678", "09480823"),
    "tornado": ("11539883",),
    "fire": ("13502051", "07317454"),
    "ferris_wheel": ("03334247",),
    "christmas_tree": ("03030309",),
    "pumpkin": ("12178960", "07751486"),
    "teddy_bear": ("04406517",),
    "umbrella": ("04514450",),
    "birthday_cake": ("07645597",),
    "place:beach": ("09240137",),
    "place:meadow": ("08588163", "08615857"),  # grasslands
    "place:desert": ("08522594",),
    "place:forest": ("08455525", "09306921"),
    "place:sea": ("09449666", "09399110"),
    "place:space": ("08517454",),
    "place:mountains": ("09382700",),
    "place:room": ("04112987",),
    "place:sky": ("09459612",),
}
"""Synsets each concept of the first edition stands for, with all their hyponyms; every sense chosen by hand (a seal
isn't sealing wax)."""

LATER: Mapping[str, tuple[str, ...]] = {
    "sheep": ("02414351",),
    "deer": ("02432691",),
    "leopard": ("02131037",),
    "truck": ("04497386",),
    "rainbow": ("09426302",),
    "snowflake": ("11529484",),
    "flower": ("11690372",),
    "tulip": ("12474664",),
    "tree": ("13124818",),
    "palm_tree": ("12602979",),
    "banana": ("07769568",),
    "strawberry": ("07761916",),
    "watermelon": ("07772927",),
    "carrot": ("07746183",),
    "pizza": ("07889783",),
    "ice_cream": ("07630109",),
    "cupcake": ("07646632",),
    "teapot": ("04405179",),
    "saxophone": ("04148141",),
    "violin": ("04544161",),
    "trumpet": ("03115320",),
    "drum": ("03254272",),
    "soccer_ball": ("04261790",),
    "book": ("02873453",),
    "light_bulb": ("03671250",),
    "key": ("03618503",),
    "crown": ("03143320",),
    "house": ("03549540",),
    "palette": ("03884371",),
    "place:jungle": ("08456014",),
    "place:farm": ("03327044",),
    "place:lake": ("09351810",),
    "place:cave": ("09261832",),
    "place:volcano": ("09495727",),
    "place:castle": ("02983900", "03883763", "03883542"),  # and palaces
    "place:village": ("08243620", "08690476"),
    "place:stage": ("04303700", "04424944"),  # and theatres
    "place:kitchen": ("03625099",),
}
"""The same for what later editions have."""

CONCRETE = frozenset({4, 5, 6, 8, 11, 13, 15, 17, 18, 19, 20, 25, 27})
"""Lexicographer files (lexnames(5WN)) whose nouns can be seen; 18 is people and those of tales, such as unicorns."""

_ANIMALS, _PEOPLE = 5, 18
_TAXA, _THINGS_OF_NATURE = (_ANIMALS, 20), 17
MOST_GENERAL = 3
"""Steps from "entity" within which what two things have in common ("object", "whole") says nothing."""
# fmt: off
VAGUE: Mapping[str, str] = {
    "00004258": "living thing", "00004475": "organism", "00015568": "animal", "01468898": "chordate",
    "01474323": "vertebrate", "00017402": "plant", "13104346": "vascular plant", "13123895": "woody plant",
    "13121436": "vine", "13107668": "plant part", "13108385": "plant organ", "11696293": "reproductive structure",
    "00022119": "artifact", "03580409": "instrumentality", "03187746": "device", "03742461": "mechanical device",
    "03743963": "mechanism", "04118049": "rotating mechanism", "03298959": "equipment", "03569147": "implement",
    "04523967": "utensil", "03099154": "container", "03435869": "gear", "04348764": "structure", "02738693": "area",
    "04609402": "workplace", "04198986": "shelter", "03127399": "covering", "04020673": "protective covering",
    "03055525": "clothing", "03174056": "decoration", "03080712": "commodity", "03098030": "consumer goods",
    "03133774": "creation", "04014270": "product", "04195686": "sheet", "02859743": "board", "04369112": "surface",
    "03541528": "horizontal surface", "13886392": "line", "13890262": "curve", "00021445": "food",
    "07571428": "solid food", "07586285": "nutriment", "07572535": "course", "14901736": "gas",
    "14907357": "crystal", "00019308": "natural object", "11428673": "natural phenomenon",
    "11439518": "physical phenomenon", "11494354": "light", "11441515": "actinic radiation", "11519684": "radiation",
    "11471253": "electromagnetic radiation", "11472635": "energy",
    "00027365": "location", "08648560": "region", "08591861": "geographical area", "08637636": "point",
    "08596234": "geographic point", "00029677": "event", "07298313": "happening", "05817200": "content",
}
# fmt: on
"""Deeper ones that say nothing either: a guitar and a Ferris wheel are devices, a meow and a fire happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synset:
    """A sense: the words for it and what it is a kind of."""

    file: int  # lexicographer file
    words: tuple[str, ...]
    kind_of: tuple[str, ...]  # offsets of hypernyms, classes of instances included
    is_name: bool  # of the only one there is


@dataclass(frozen=True, slots=True, kw_only=True)
class Nouns:
    """All nouns: synsets by offset, and per word the offsets of its senses, most used first."""

    synsets: Mapping[str, Synset]
    senses: Mapping[str, tuple[str, ...]]
    uses: Mapping[tuple[str, str], int]  # how often a word is a noun of an offset in the tagged texts
    most: Mapping[str, int]  # how often a word has its most used sense, of any part of speech


def read_nouns(data: str, index: str, sense_index: str) -> Nouns:
    """The nouns of ``data.noun``, ``index.noun`` and ``index.sense``."""
    counts = [line.split() for line in sense_index.splitlines()]
    uses = {(key.partition("%")[0], offset): int(count) for key, offset, _, count in counts if "%1:" in key}
    most: dict[str, int] = {}
    for key, _, _, count in counts:
        word = key.partition("%")[0]
        most[word] = max(most.get(word, 0), int(count))
    lines = (line.split() for line in data.splitlines() if not line.startswith("  "))
    entries = (line.split() for line in index.splitlines() if not line.startswith("  "))
    return Nouns(
        synsets={fields[0]: _synset(fields) for fields in lines},
        senses={fields[0]: tuple(fields[-int(fields[2]) :]) for fields in entries},
        uses=uses,
        most=most,
    )


def _synset(fields: list[str]) -> Synset:
    num_words = int(fields[3], 16)
    pointers = fields[4 + 2 * num_words :]
    links = [pointers[1 + 4 * i : 5 + 4 * i] for i in range(int(pointers[0]))]
    return Synset(
        file=int(fields[1]),
        words=tuple(fields[4 : 4 + 2 * num_words : 2]),
        kind_of=tuple(target for symbol, target, part, _ in links if symbol in ("@", "@i") and part == "n"),
        is_name=any(symbol == "@i" for symbol, *_ in links),
    )


def proper(*parts: str) -> list[str]:
    """The words that English writes with a capital though they name no person: places, months, peoples, schools of art.

    ``parts`` are data.noun, data.verb, data.adj and data.adv. That a word is somebody's surname ("Wolf") or a genus
    ("Rosa") is no reason; of a word that is written small as well, a river or a figure of tales ("Hunter") is none.
    """
    capital, small = defaultdict[str, set[tuple[int, bool]]](set), set[str]()
    for synset in _synsets(parts):
        for word in (word.partition("(")[0] for word in synset.words):  # an adjective may say where it stands: (a)
            if word.isalpha() and word[0].isupper():
                capital[word.lower()].add((synset.file, synset.is_name))
            small |= {word} if word.isalpha() else set()
    return sorted(word for word, found in capital.items() if not _is_of_people(found, is_small=word in small))


def _synsets(parts: Iterable[str]) -> Iterator[Synset]:
    lines = (line for part in parts for line in part.splitlines() if not line.startswith("  "))
    yield from (_synset(line.split()) for line in lines)


def _is_of_people(found: set[tuple[int, bool]], *, is_small: bool) -> bool:
    """Whether the capital is that of a person or a genus; of a word that's small as well, of a figure or a river."""
    names = {(_PEOPLE, True), *((file, is_name) for file in _TAXA for is_name in (True, False))}
    others = {(_PEOPLE, False), (_THINGS_OF_NATURE, True)} if is_small else set()
    return found <= names | others


def concepts(edition: Edition) -> dict[str, tuple[str, ...]]:
    """The synsets of each concept of an edition."""
    known = {*edition.subjects, *(f"place:{place}" for place in edition.places)}
    return {**CONCEPTS, **{concept: offsets for concept, offsets in LATER.items() if concept in known}}


def kinds(nouns: Nouns, edition: Edition = FIRST) -> dict[str, str]:
    """The concept of every synset that is one or is below one; the nearest above it where there are several."""
    found = {offset: concept for concept, offsets in concepts(edition).items() for offset in offsets}
    below = _below(nouns)
    queue = deque(found)
    while queue:
        offset = queue.popleft()
        for child in below.get(offset, ()):
            if child not in found:
                found[child] = found[offset]
                queue.append(child)
    return found


def _below(nouns: Nouns) -> dict[str, list[str]]:
    below: dict[str, list[str]] = {}
    for offset, synset in nouns.synsets.items():
        for parent in synset.kind_of:
            below.setdefault(parent, []).append(offset)
    return below


def words_of_kinds(nouns: Nouns, edition: Edition = FIRST) -> Iterator[tuple[str, str]]:
    """Pairs of phrase and concept: synonyms and kinds, where no other sense of the word is used more.

    A launch is a boat, but to launch is said more often, so it is left out rather than read wrongly.
    """
    found = kinds(nouns, edition)
    for word, senses in nouns.senses.items():
        ours = [sense for sense in senses if sense in found]
        used = max(ours, key=lambda sense: nouns.uses.get((word, sense), 0), default="")
        if used and nouns.uses.get((word, used), 0) >= nouns.most.get(word, 0):
            yield word.replace("_", " "), found[used]


def nearest(nouns: Nouns, edition: Edition = FIRST, count: int = 3) -> dict[str, tuple[str, ...]]:
    """Per other concrete noun of one word: the concepts it has most in common with, the closest first."""
    above = {concept: _all_above(nouns, offsets) for concept, offsets in concepts(edition).items()}
    depth = {offset: max(_steps_up(nouns, offset).values()) for offset in set().union(*above.values())}
    known = kinds(nouns, edition)
    chosen: dict[str, tuple[str, ...]] = {}
    for word in filter(str.isalpha, nouns.senses):
        senses = _meant(nouns, word)
        if not senses or senses[0] in known:
            continue
        shared = max((_in_common(nouns, sense, above, depth) for sense in senses), key=_best)
        closest = sorted(shared, key=lambda concept: shared[concept], reverse=True)[:count]
        if closest:
            chosen[word] = tuple(closest)
    return chosen


def _meant(nouns: Nouns, word: str) -> list[str]:
    """The senses a word is taken for: those of an animal or else its first; none where it is more often a verb."""
    senses = [sense for sense in nouns.senses[word] if not _names_somebody(nouns.synsets[sense])]
    if not senses or nouns.synsets[senses[0]].file not in CONCRETE:
        return []
    first, file = senses[0], nouns.synsets[senses[0]].file
    used = [nouns.uses.get((word, sense), 0) for sense in senses]
    animals = [sense for sense in senses if nouns.synsets[sense].file == _ANIMALS]
    if animals and (file == _ANIMALS or (file == _PEOPLE and nouns.uses.get((word, animals[0]), 0) >= used[0])):
        return animals  # to bear is said more often than a bear, but who writes a prompt means the bear
    return [first] if max(used) >= nouns.most.get(word, 0) else []


def _names_somebody(sense: Synset) -> bool:
    """Count Zeppelin, who is not what a zeppelin is."""
    return sense.is_name and sense.file == _PEOPLE


def _all_above(nouns: Nouns, offsets: Sequence[str]) -> dict[str, int]:
    above: dict[str, int] = {}
    for offset in offsets:
        for ancestor, steps in _steps_up(nouns, offset).items():
            above[ancestor] = min(steps, above.get(ancestor, steps))
    return above


def _steps_up(nouns: Nouns, offset: str) -> dict[str, int]:
    """Everything a synset is a kind of, itself included, and the steps up to it."""
    steps = {offset: 0}
    queue = deque([offset])
    while queue:
        here = queue.popleft()
        for parent in nouns.synsets[here].kind_of:
            if parent not in steps:
                steps[parent] = steps[here] + 1
                queue.append(parent)
    return steps


def _in_common(
    nouns: Nouns, offset: str, above: Mapping[str, Mapping[str, int]], depth: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """Per concept how special what it shares with a synset is, and how near it is.

    A cow shares "ungulate" with a horse and only "mammal" with a bat, though the bat is fewer steps away.
    """
    mine = _steps_up(nouns, offset)
    found: dict[str, tuple[int, int]] = {}
    for concept, theirs in above.items():
        shared = [
            (depth[ancestor], -steps - theirs[ancestor])
            for ancestor, steps in mine.items()
            if ancestor in theirs and ancestor not in VAGUE
        ]
        closest = max(shared, default=(0, 0))
        if closest[0] > MOST_GENERAL:
            found[concept] = closest
    return found


def _best(shared: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    return max(shared.values(), default=(0, 0))
