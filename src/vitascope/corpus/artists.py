"""The works of named artists in the corpus: picked by hand from the Open Clip Art Library, with titles of our own.

Each was looked at: one thing, alone, on nothing; no trade mark, no weapon, nobody real, no second copy of a drawing,
and none of the things that exams show as unseen. The author is whom the file itself names, which the build checks.
"""

from dataclasses import dataclass

ROOT = "usr/share/openclipart/svg/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One drawing: what it shows, where it lies below ROOT, who made it, and what we call it."""

    subject: str
    path: str
    author: str
    title: str


def _pick(subject: str, path: str, author: str, title: str) -> Pick:
    return Pick(subject=subject, path=f"{ROOT}{path}.svg", author=author, title=title)


PICKS = (
    _pick("squirrel", "animals/mammals/cartoon_squirrel_mike_sm1", "mike smick", "a grey squirrel that reads a book"),
    _pick(
        "caterpillar",
        "animals/bugs/caterpillar_david_wislon_01",
        "David Wislon",
        "a hungry green caterpillar",
    ),
    _pick("ostrich", "unsorted/struzzo", "Architetto Francesco Rollandin", "an ostrich"),
    _pick("seagull", "animals/birds/gull_marcelo_staudt_01", "Marcelo Staudt", "a standing seagull"),
    _pick("igloo", "unsorted/igloo", "Architetto Francesco Rollandin", "an igloo of snow blocks"),
    _pick("lighthouse", "buildings/homes/lighthouse_matthew_gates_", "Matthew Gates", "a red and white lighthouse"),
    _pick("wagon", "recreation/toys/wagon_01", "Greg", "a red toy wagon"),
    _pick("gramophone", "computer/icons/etiquette-theme/stock/gramophone", "Andy Fitzsimon", "an old gramophone"),
    _pick("harp", "recreation/music/harp1_ganson", "Gerald G.", "a Celtic harp"),
    _pick("scarecrow", "unsorted/spaventapasseri", "Architetto Francesco Rollandin", "a scarecrow in blue dungarees"),
    _pick("barrel", "buildings/furniture/wooden_barrel_petri_lumm_01", "Petri Lummemaki", "a wooden barrel"),
    _pick("paper_plane", "recreation/toys/toy_paper_plane_01", "Nicu Buculei", "a paper plane"),
    _pick("sled", "recreation/sledge_01", "Nicu Buculei", "a wooden sled"),
    _pick("lollipop", "food/desserts/lollipop_dave_pena_01", "Dave Pena", "a red lollipop"),
    _pick("acorn", "plants/acorn_jonathan_dietrich_01", "Jonathan Dietrich", "an acorn"),
    _pick("boot", "people/clothing/hiking_boot_jarno_vasama_", "Jarno Vasamaa", "a brown hiking boot"),
    _pick("flower_pot", "plants/flowers/flowerandpot_daniel_ste_r", "Daniel Steele", "a pink flower in a pot"),
    _pick("pudding", "food/desserts/pudim_valessio_soares_de_", "Valessio Soares de Brito", "a caramel pudding"),
    _pick("top_hat", "people/clothing/hats/tophat_benji_park_01", "Benji Park", "a black top hat"),
    _pick("boomerang", "recreation/toys/boomerang_01", "Chris Goerner", "a painted boomerang"),
    _pick("surfboard", "recreation/toys/surfboard_davek_01", "davek", "a striped surfboard"),
    _pick("mitten", "people/clothing/mitten_nathan_eady_01", "Nathan Eady", "a red mitten with zigzags"),
    _pick("piano", "recreation/music/piano_geraint_luff_01", "Geraint Luff", "an upright piano"),
    _pick("toy_train", "recreation/toys/kiddy_train_orlando_kara_", "Orlando Karam", "a blue toy train"),
)

CHARACTERS = {
    "explorer": "female_adventurer/femaleAdventurer",
    "adventurer": "male_adventurer/maleAdventurer",
    "woman": "female_person/femalePerson",
    "man": "male_person/malePerson",
    "robot": "robot/robot",
    "zombie": "zombie/zombie",
}
"""Kenney's six characters, by folder and beginning of the file names in the package."""

POSE_FILES = {
    "stand": ("_idle", 0.0),
    "walk": ("_walk[0-7]", 1.0),
    "climb": ("_climb[0-1]", 0.5),
    "jump": ("_jump", 0.0),
    "fall": ("_fall", 0.0),
}
"""By pose: the rest of a file's name, and the seconds of its loop."""


def pose_path(character: str, pose: str) -> str:
    """Where the pictures of a pose lie in the package."""
    return f"arcade/resources/assets/images/animated_characters/{CHARACTERS[character]}{POSE_FILES[pose][0]}.png"
