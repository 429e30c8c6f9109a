"""The model card says what its sources say, and speaks of the weights that ship."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from vitascope.backends.choose import SHIPPED
from vitascope.shipped import MODEL
from vitascope.training.card import CARDS, stored

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]


def test_the_card_is_generated():
    """The page is what its evaluation, diary, preset and register give; nobody typed in it."""
    assert stored(MODEL, ROOT) == (ROOT / CARDS / f"{MODEL}.md").read_text()


def test_the_card_speaks_of_what_ships():
    """The evaluation on the card is of the weights in the package."""
    examined = json.loads((ROOT / CARDS / f"{MODEL}.json").read_text())["subject"]["weights_sha256"]

    assert examined == json.loads((SHIPPED / f"{MODEL}.json").read_text())["weights_sha256"]
