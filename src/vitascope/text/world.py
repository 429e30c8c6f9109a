"""The closed world of the embedded model: every thing, motion, place and attribute it is taught.

Ids are the tokens of the vocabulary. ``hex`` is the Unicode code point of the emoji a subject is drawn from, the key
under which the source packages file it. The sixty subjects are those of the corpus design: each has an animation in
the MIT-licensed Fluent set and stills in all four styles.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["animal", "vehicle", "sky", "object", "person"]
STYLES = ("3d", "flat", "noto", "twemoji")
OWN = "own"
"""No word, but the hand of an artist whose work is drawn in no other style: what is shown when no style is said."""
POSES = ("stand", "walk", "climb", "jump", "fall")
"""No words either: the drawings of somebody whose motion is drawn, standing the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing the model can draw. ``faces`` is the way its drawing looks: -1 left, 1 right, 0 neither."""

    id: str
    hex: str  # empty where no emoji shows it
    kind: Kind
    plural: str
    faces: int = 0
    styles: tuple[str, ...] = STYLES  # in which it is drawn, the usual one first


def _subject(kind: Kind, id_: str, hex_: str, plural: str = "", *, faces: int = 0) -> Subject:
    return Subject(id=id_, hex=hex_, kind=kind, plural=plural or id_ + "s", faces=faces)


def _own(kind: Kind, id_: str, *, plural: str = "", faces: int = 0) -> Subject:
    """A thing that one artist drew in one way."""
    return Subject(id=id_, hex="", kind=kind, plural=plural or id_ + "s", faces=faces, styles=(OWN,))


def _person(id_: str, plural: str = "") -> Subject:
    """Somebody who is drawn in poses, looking to the right."""
    return Subject(id=id_, hex="", kind="person", plural=plural or id_ + "s", faces=1, styles=POSES)


_ALL = (
    _subject("animal", "dog", "1f415", faces=-1),
    _subject("animal", "cat", "1f408", faces=-1),
    _subject("animal", "horse", "1f40e", faces=-1),
    _subject("animal", "rabbit", "1f407", faces=-1),
    _subject("animal", "elephant", "1f418", faces=-1),
    _subject("animal", "penguin", "1f427"),
    _subject("animal", "parrot", "1f99c", faces=-1),
    _subject("animal", "eagle", "1f985", faces=-1),
    _subject("animal", "owl", "1f989"),
    _subject("animal", "duck", "1f986", faces=-1),
    _subject("animal", "flamingo", "1f9a9", faces=-1),
    _subject("animal", "peacock", "1f99a", faces=-1),
    _subject("animal", "frog", "1f438"),
    _subject("animal", "turtle", "1f422", faces=-1),
    _subject("animal", "crocodile", "1f40a", faces=-1),
    _subject("animal", "snake", "1f40d", faces=-1),
    _subject("animal", "whale", "1f40b", faces=-1),
    _subject("animal", "dolphin", "1f42c", faces=-1),
    _subject("animal", "shark", "1f988", faces=-1),
    _subject("animal", "fish", "1f420", "fish", faces=-1),
    _subject("animal", "octopus", "1f419", "octopuses"),
    _subject("animal", "crab", "1f980"),
    _subject("animal", "butterfly", "1f98b", "butterflies"),
    _subject("animal", "bee", "1f41d", faces=-1),
    _subject("animal", "snail", "1f40c", faces=-1),
    _subject("animal", "spider", "1f577"),
    _subject("animal", "kangaroo", "1f998", faces=-1),
    _subject("animal", "monkey", "1f412", faces=-1),
    _subject("animal", "bat", "1f987"),
    _subject("animal", "dragon", "1f409", faces=-1),
    _subject("vehicle", "bus", "1f68c", "buses", faces=-1),
    _subject("vehicle", "car", "1f697", faces=-1),
    _subject("vehicle", "police_car", "1f693", faces=-1),
    _subject("vehicle", "fire_engine", "1f692", faces=-1),
    _subject("vehicle", "tractor", "1f69c", faces=-1),
    _subject("vehicle", "racing_car", "1f3ce", faces=-1),
    _subject("vehicle", "motorcycle", "1f3cd", faces=-1),
    _subject("vehicle", "locomotive", "1f682", faces=-1),
    _subject("vehicle", "airplane", "2708", faces=1),
    _subject("vehicle", "helicopter", "1f681", faces=-1),
    _subject("vehicle", "rocket", "1f680", faces=1),
    _subject("vehicle", "sailboat", "26f5"),
    _subject("vehicle", "speedboat", "1f6a4", faces=-1),
    _subject("vehicle", "flying_saucer", "1f6f8"),
    _subject("vehicle", "parachute", "1fa82"),
    _subject("sky", "sun", "1f31e"),
    _subject("sky", "star", "1f31f"),
    _subject("sky", "shooting_star", "1f320", faces=-1),
    _subject("sky", "planet", "1fa90"),
    _subject("sky", "rain_cloud", "1f327"),
    _subject("sky", "snow_cloud", "1f328"),
    _subject("sky", "storm_cloud", "1f329"),
    _subject("sky", "tornado", "1f32a", "tornadoes"),
    _subject("object", "fire", "1f525"),
    _subject("object", "ferris_wheel", "1f3a1"),
    _subject("object", "christmas_tree", "1f384"),
    _subject("object", "pumpkin", "1f383"),
    _subject("object", "teddy_bear", "1f9f8"),
    _subject("object", "umbrella", "2614"),
    _subject("object", "birthday_cake", "1f382"),
    # The second edition: concepts that four hands have drawn, none of them moving.
    _subject("animal", "sheep", "1f411", "sheep", faces=-1),
    _subject("animal", "deer", "1f98c", "deer", faces=-1),
    _subject("animal", "leopard", "1f406", faces=-1),
    _subject("vehicle", "truck", "1f69a", faces=-1),
    _subject("sky", "rainbow", "1f308"),
    _subject("sky", "snowflake", "2744"),
    _subject("object", "flower", "1f33c"),
    _subject("object", "tulip", "1f337"),
    _subject("object", "tree", "1f333"),
    _subject("object", "palm_tree", "1f334"),
    _subject("object", "banana", "1f34c"),
    _subject("object", "strawberry", "1f353", "strawberries"),
    _subject("object", "watermelon", "1f349"),
    _subject("object", "carrot", "1f955"),
    _subject("object", "pizza", "1f355"),
    _subject("object", "ice_cream", "1f366"),
    _subject("object", "cupcake", "1f9c1"),
    _subject("object", "teapot", "1fad6"),
    _subject("object", "saxophone", "1f3b7"),
    _subject("object", "violin", "1f3bb"),
    _subject("object", "trumpet", "1f3ba"),
    _subject("object", "drum", "1f941"),
    _subject("object", "soccer_ball", "26bd"),
    _subject("object", "gift", "1f381"),
    _subject("object", "book", "1f4d6"),
    _subject("object", "light_bulb", "1f4a1"),
    _subject("object", "key", "1f511"),
    _subject("object", "crown", "1f451"),
    _subject("object", "house", "1f3e0"),
    _subject("object", "palette", "1f3a8"),
    # Works of named artists of the Open Clip Art Library.
    _own("animal", "squirrel"),
    _own("animal", "caterpillar"),
    _own("animal", "ostrich", plural="ostriches", faces=1),
    _own("animal", "seagull", faces=-1),
    _own("object", "igloo"),
    _own("object", "lighthouse"),
    _own("vehicle", "wagon"),
    _own("object", "gramophone"),
    _own("object", "harp"),
    _own("object", "scarecrow"),
    _own("object", "barrel"),
    _own("vehicle", "paper_plane", faces=1),
    _own("vehicle", "sled"),
    _own("object", "lollipop"),
    _own("object", "acorn"),
    _own("object", "boot"),
    _own("object", "flower_pot"),
    _own("object", "pudding"),
    _own("object", "top_hat"),
    _own("object", "boomerang"),
    _own("object", "surfboard"),
    _own("object", "mitten"),
    _own("object", "piano"),
    _own("vehicle", "toy_train", faces=-1),
    # Kenney's characters.
    _person("explorer"),
    _person("adventurer"),
    _person("woman", "women"),
    _person("man", "men"),
    _person("robot"),
    _person("zombie"),
)

SUBJECTS: dict[str, Subject] = {s.id: s for s in _ALL}

HELD_OUT_SUBJECTS = (
    "zebra",
    "giraffe",
    "koala",
    "skunk",
    "hedgehog",
    "seal",
    "taxi",
    "ferry",
    "comet",
    "snowman",
)
"""Never rendered, in no style: for reference-image tests and as the floor of the memorisation test."""

MOTIONS = (
    "still",
    "right",
    "left",
    "up",
    "down",
    "jump",
    "bounce",
    "spin",
    "swing",
    "grow",
    "shrink",
    "shake",
    "cross",
    "appear",
    "orbit",
    "swim",
)
"""What a subject does: right, left, up and down are paths across the picture, cross is a diagonal, swim a wave."""

PLACES = (
    "beach",
    "meadow",
    "snow",
    "desert",
    "forest",
    "city",
    "sea",
    "underwater",
    "space",
    "mountains",
    "room",
    "sky",
    "jungle",
    "farm",
    "lake",
    "cave",
    "volcano",
    "castle",
    "village",
    "moon",
    "stage",
    "kitchen",
)

FLYERS = ("eagle", "butterfly", "bee", "bat", "airplane", "helicopter", "rocket", "flying_saucer", "parachute")
GROUNDLESS = ("space", "sky", "underwater")
BELOW = 0.12
"""How far below the middle stands what stands on the ground, in frame sides."""

TIMES = ("day", "sunset", "night", "rain")
CAMERAS = ("static", "pan_left", "pan_right", "zoom_in", "zoom_out", "camera_shake")
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white")
SIZES = ("small", "large")
COUNTS = ("one", "two", "three")
RELATIONS = ("next_to", "chases", "above")
TAKES = ("take:1", "take:2", "take:3", "take:4")
"""As on a film set: the same scene once more. No prompt names one; the seed does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """How far the world reaches for a model: new things are appended, and old weights keep what they were taught."""

    number: int
    subjects: tuple[str, ...]
    motions: tuple[str, ...]
    places: tuple[str, ...]


FIRST = Edition(number=1, subjects=tuple(SUBJECTS)[:60], motions=MOTIONS[:14], places=PLACES[:12])
"""What every model knows."""

SECOND = Edition(number=2, subjects=tuple(SUBJECTS), motions=MOTIONS, places=PLACES)
EDITIONS = (FIRST, SECOND)


def floats(subject: str, place: str | None) -> bool:
    """Whether a thing plays in the middle of the frame: what flies, and all things in places without ground."""
    flies = subject in FLYERS or (subject in SUBJECTS and SUBJECTS[subject].kind == "sky")
    return flies or place in GROUNDLESS


def later_than(edition: Edition) -> frozenset[str]:
    """The things and places that editions after this one have and it has not."""
    newest = EDITIONS[-1]
    return frozenset((*newest.subjects, *newest.places)) - {*edition.subjects, *edition.places}
