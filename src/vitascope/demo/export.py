"""The demo as a folder ready for a Hugging Face Space: app file, requirements, card, and the few files it runs on.

The folder holds no secret. The guest pass becomes a secret of the Space, and the page reads it when it starts.
"""

import re
from importlib.resources import files
from pathlib import Path
from typing import Final

from vitascope.demo.house import House
from vitascope.errors import DemoError, OutputError

_CARRIED: Final = ("__init__.py", "errors.py", "settings.py")
"""What the demo stands on; each by the standard library alone."""

_KEY: Final = re.compile(r"vs_[a-z]_[0-9A-Za-z]{20,}")
_HERE: Final = files("vitascope")


def write_space(folder: Path, house: House, server: str) -> tuple[Path, ...]:
    """Write the folder; its files. Raises OutputError where something lies there, DemoError for a key among the words.

    ``server`` is where visitors' films are made; a Space cannot reach a server on this machine alone.
    """
    if re.search(r"//(localhost|127\.|\[::1\])", server):
        raise DemoError(f"A Space cannot reach {server}; name the address that others reach: --server https://...")
    texts = _texts(house, server)
    if any(_KEY.search(text) for text in texts.values()):
        raise DemoError("There is a key among title and names, and the folder is for everybody; leave it out.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is not empty; name a folder that is not there yet.")
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tuple(sorted(folder / name for name in texts))


def _texts(house: House, server: str) -> dict[str, str]:
    """Every file by its name."""
    room = {f"vitascope/demo/{file.name}": file.read_text() for file in (_HERE / "demo").iterdir() if file.is_file()}
    carried = {f"vitascope/{name}": (_HERE / name).read_text() for name in _CARRIED}
    requirements = room["vitascope/demo/requirements.txt"]
    return {
        "app.py": _APP.format(house=house, server=server),
        "requirements.txt": requirements,
        "README.md": _card(house, requirements),
        **carried,
        **room,
    }


def _card(house: House, requirements: str) -> str:
    version = re.search(r"^gradio==(\S+)$", requirements, re.MULTILINE)
    title = " ".join(house.title.replace('"', "'").split())
    by = f" It is shared by {house.shared_by}." if house.shared_by else ""
    return _CARD.format(title=title, gradio=version[1] if version else "", by=by, house=house)


_APP: Final = '''"""The public demo of Vitascope. The guest pass is the Space's secret VITASCOPE_KEY; no file has it."""

from vitascope.demo.app import open_demo
from vitascope.demo.desk import Desk
from vitascope.demo.house import House
from vitascope.settings import client_settings

HOUSE = {house!r}
SERVER = {server!r}

if __name__ == "__main__":
    desk = Desk(address=SERVER, key=client_settings().key)
    open_demo(HOUSE, desk, host="0.0.0.0", port=7860, is_space=True)
'''

_CARD: Final = """---
title: "{title}"
emoji: "\U0001f39e"
colorFrom: red
colorTo: yellow
sdk: gradio
sdk_version: {gradio}
python_version: "3.11"
app_file: app.py
pinned: false
license: apache-2.0
short_description: A Sora that artists can own, open to everybody
---

# {title}

Say what is seen, and watch it. Films are made by a Vitascope server whose model was trained only on licensed art; each
names the artists behind it and carries its origin (C2PA, an invisible mark).{by}

This page holds a **guest pass**: a share of one member's own access, with a budget of films and an end. When it is used
up, paused or over, the page says so. A visitor may have {house.per_visitor} films a day.

To run it, give this Space the secret `VITASCOPE_KEY`: a public guest pass, from
`vitascope guest mint NAME --renders 200 --days 14 --public`. A member's own key is refused. No file here holds it.

Of a visitor two keyed digests are kept in memory until midnight (UTC), to count their films; sentences and films go to
the server and to nobody else, and nothing is published.
"""
