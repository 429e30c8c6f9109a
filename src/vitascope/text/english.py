"""English for captions: what each motion, place, time, camera and thing can be called, and how a verb bends.

Every phrase here is one the reader understands; ``tests/text/test_captions.py`` holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from vitascope.text.world import SUBJECTS

COUNT_WORDS: Mapping[str, tuple[str, ...]] = {
    "one": ("one", "a single"),
    "two": ("two", "a pair of"),
    "three": ("three", "a trio of"),
}
SIZE_WORDS: Mapping[str, tuple[str, ...]] = {
    "small": ("small", "little", "tiny"),
    "large": ("large", "big", "huge"),
}
STYLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "3d": ("3D", "three-dimensional"),
    "flat": ("flat", "flat-style"),
    "noto": ("Noto-style", "Noto"),
    "twemoji": ("Twemoji-style", "Twemoji"),
}
PLACE_WORDS: Mapping[str, tuple[str, ...]] = {
    "beach": ("on a beach", "at the beach", "on the shore"),
    "meadow": ("in a meadow", "in a green field", "on the grass"),
    "snow": ("in the snow", "in a snowy landscape", "on a snowy field"),
    "desert": ("in the desert", "in a sandy desert", "among sand dunes"),
    "forest": ("in a forest", "in the woods", "among the trees"),
    "city": ("in a city", "in the city", "on a city street"),
    "sea": ("on the sea", "on the ocean", "over the waves"),
    "underwater": ("underwater", "under the sea", "beneath the waves"),
    "space": ("in space", "in outer space", "in deep space"),
    "mountains": ("in the mountains", "among mountains", "in the hills"),
    "room": ("in a room", "indoors", "in a living room"),
    "sky": ("in the sky", "in a blue sky", "in the air"),
    "jungle": ("in the jungle", "in a rainforest", "in a tropical forest"),
    "farm": ("on a farm", "in the farmyard", "by the barn"),
    "lake": ("on a lake", "by the lake", "on the pond"),
    "cave": ("in a cave", "in a cavern", "in a grotto"),
    "volcano": ("by a volcano", "in front of the volcano", "in a volcanic landscape"),
    "castle": ("at a castle", "in front of the castle", "by the fortress"),
    "village": ("in a village", "in the village", "on a village street"),
    "moon": ("on the moon", "on the surface of the moon", "on the lunar surface"),
    "stage": ("on a stage", "on stage", "on a theatre stage"),
    "kitchen": ("in a kitchen", "in the kitchen", "on the kitchen table"),
}
TIME_WORDS: Mapping[str, tuple[str, ...]] = {
    "day": ("by day", "in the daytime", "on a sunny day"),
    "sunset": ("at sunset", "at dusk", "in the evening"),
    "night": ("at night", "under the stars", "in the moonlight"),
    "rain": ("in the rain", "on a rainy day", "while it rains"),
}
CAMERA_WORDS: Mapping[str, tuple[str, ...]] = {
    "static": ("the camera stays still", "the camera does not move", "the camera holds still"),
    "pan_left": ("the camera pans left", "the camera moves to the left", "the camera pans to the left"),
    "pan_right": ("the camera pans right", "the camera moves to the right", "the camera pans to the right"),
    "zoom_in": ("the camera zooms in", "the camera moves closer", "the camera comes closer"),
    "zoom_out": ("the camera zooms out", "the camera pulls back", "the camera moves away"),
    "camera_shake": ("the camera shakes", "the camera trembles", "the camera wobbles"),
}
RELATION_WORDS: Mapping[str, tuple[str, ...]] = {"next_to": ("next to", "beside", "near"), "above": ("above", "over")}
CHASING_WORDS = ("chase", "pursue", "follow")

_PATHS: Mapping[str, tuple[str, ...]] = {
    "right": ("to the right", "from left to right", "towards the right"),
    "left": ("to the left", "from right to left", "towards the left"),
    "up": ("up", "upwards", "to the top"),
    "down": ("down", "downwards", "to the bottom"),
    "cross": ("diagonally", "diagonally across the picture", "from corner to corner"),
}
_ACTS: Mapping[str, tuple[str, ...]] = {
    "still": ("stay still", "remain still", "stay put"),
    "up": ("rise", "ascend"),
    "down": ("sink", "descend"),
    "jump": ("jump", "hop", "leap", "jump up and down"),
    "bounce": ("bounce", "bounce up and down", "bob up and down"),
    "spin": ("spin", "rotate", "turn around", "twirl"),
    "swing": ("swing", "sway", "swing back and forth", "rock from side to side"),
    "grow": ("grow", "grow bigger", "get larger"),
    "shrink": ("shrink", "get smaller", "grow smaller"),
    "shake": ("shake", "tremble", "wobble"),
    "appear": ("appear", "fade in", "come into view"),
    "orbit": ("circle", "orbit", "go around in circles"),
    "swim": ("swim", "swim about", "swim in waves"),
}
_GAITS: Mapping[str, str] = {
    "run": "dog cat horse rabbit elephant kangaroo monkey deer leopard robot",
    "walk": "penguin peacock crab flamingo sheep explorer adventurer woman man zombie",
    "fly": "parrot eagle owl duck butterfly bee bat dragon airplane helicopter rocket flying_saucer",
    "swim": "fish whale dolphin shark octopus turtle crocodile frog",
    "crawl": "snail spider snake",
    "drive": "bus car police_car fire_engine tractor racing_car motorcycle truck",
    "sail": "sailboat speedboat",
    "drift": "rain_cloud snow_cloud storm_cloud parachute tornado",
}
_GAIT_OF = {subject: verb for verb, subjects in _GAITS.items() for subject in subjects.split()}
_OTHER_NAMES: Mapping[str, str] = {
    "airplane": "plane",
    "locomotive": "train",
    "flying_saucer": "UFO",
    "fire_engine": "fire truck",
    "racing_car": "race car",
    "shooting_star": "falling star",
    "motorcycle": "motorbike",
    "rabbit": "bunny",
    "truck": "lorry",
    "flower": "blossom",
    "gift": "present",
    "soccer_ball": "football",
}
_DOUBLED = frozenset({"run", "swim", "spin", "hop", "get", "bob", "put"})


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb phrase: its verb and what follows it, "fly" and "to the right"."""

    base: str
    rest: str

    def finite(self, *, plural: bool) -> str:
        """Flies to the right; of several: fly to the right."""
        return _joined(self.base if plural else third_person(self.base), self.rest)

    def participle(self) -> str:
        """Flying to the right."""
        return _joined(present_participle(self.base), self.rest)


def verbs(motion: str, subject: str) -> tuple[Verb, ...]:
    """The ways to say that a subject makes a motion, the plainest first."""
    bases = dict.fromkeys(("move", _GAIT_OF.get(subject, "go")))
    paths = [Verb(base, rest) for rest in _PATHS.get(motion, ()) for base in bases]
    acts = [Verb(base, rest) for base, _, rest in (act.partition(" ") for act in _ACTS.get(motion, ()))]
    return tuple(paths + acts)


def nouns(subject: str, *, plural: bool) -> tuple[str, ...]:
    """The names of a subject, its own first."""
    own = (SUBJECTS[subject].plural if plural else subject).replace("_", " ").replace("christmas", "Christmas")
    other = _OTHER_NAMES.get(subject)
    if other is None:
        return (own,)
    return (own, _plural_of(other) if plural else other)


def with_article(phrase: str) -> str:
    """A red fish, an owl; "a UFO", which is spoken "you-eff-oh"."""
    return f"{'an' if phrase[0] in 'aeiou' and not phrase.startswith('UFO') else 'a'} {phrase}"


def third_person(verb: str) -> str:
    """Fly, flies; pass, passes; chase, chases."""
    if verb[-1] == "y" and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "o")) else f"{verb}s"


def present_participle(verb: str) -> str:
    """Fly, flying; rise, rising; run, running."""
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    return f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{verb}ing"


def _plural_of(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)
