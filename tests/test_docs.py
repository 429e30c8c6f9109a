"""Nothing undocumented, nothing drifts: what the code offers has its heading, what a page claims has its source."""

import csv
import dataclasses
import importlib
import importlib.metadata
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import vitascope
from vitascope import errors, refusals
from vitascope.settings import ClientSettings, DeskSettings, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "runs").glob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))

# In pieces, so that this file does not find itself.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "npm" + "js.com", "crates" + ".io")
MACHINE_PATH = re.compile(r"(?<![\w.>~}-])/(?:" + "work|root|home|Users" + r")/\w|file:" + "///")


def _sections(page):
    """The text under each heading of a page, by the heading's words."""
    parts = re.split(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {heading.strip().strip("`"): text for heading, text in zip(parts[1::2], parts[2::2], strict=True)}


def _tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _words(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _tree_of_errors():
    rooms = (errors, refusals)
    return [c for room in rooms for _, c in inspect.getmembers(room, inspect.isclass) if c.__module__ == room.__name__]


@pytest.mark.parametrize("error", _tree_of_errors())
def test_every_error_is_explained(error):
    """Each class of the tree has a heading in docs/errors.md with its status and its code, and a way out."""
    section = _sections(DOCS / "errors.md").get(error.__name__, "")

    assert f"{error.status}" in section
    assert f"`{error.code}`" in section
    assert error.__doc__
    assert len(section.split()) > 15, "say what happened and what to do"


def test_no_error_is_explained_that_is_gone():
    """docs/errors.md has no heading of an error that no longer exists."""
    documented = {heading for heading in _sections(DOCS / "errors.md") if heading.endswith("Error")}

    assert {error.__name__ for error in _tree_of_errors()} == documented


def test_every_setting_is_explained():
    """Each setting has a heading in docs/settings.md, and there is no heading without a setting."""
    documented = {heading for heading in _sections(DOCS / "settings.md") if heading.startswith("VITASCOPE_")}

    rooms = (Settings, DeskSettings, ClientSettings)
    fields = [field for room in rooms for field in dataclasses.fields(room)]
    assert {f"VITASCOPE_{field.name.upper()}" for field in fields} == documented


def test_the_changelog_knows_this_version():
    """The newest entry of the changelog is the version of the package."""
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest
    assert vitascope.__version__ == newest[1]


def test_the_readme_shows_the_two_commands():
    """A newcomer finds both commands, exactly as they are run."""
    readme = (ROOT / "README.md").read_text()

    assert 'make video PROMPT="a parrot flies over a beach at sunset"' in readme
    assert "make test" in readme


def test_every_make_target_is_explained():
    """Each target a person may call is named in CONTRIBUTING."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text()

    assert phony
    assert [] == [target for target in phony[1].split() if f"make {target}" not in contributing]


def test_every_room_is_on_the_map():
    """ARCHITECTURE names each room and each file of the ground floor."""
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    house = Path(inspect.getfile(vitascope)).parent
    rooms = [path.parent.name for path in house.glob("*/__init__.py")]
    files = [path.name for path in house.glob("*.py") if not path.name.startswith("__")]

    assert [] == [name for name in (*rooms, *files) if f"`{name}`" not in architecture]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_ends_with_what_keeps_it(page):
    """A decision record is numbered and has date, state, context, decision, consequences and enforcement."""
    text = page.read_text()
    number = page.name[:4]

    assert re.match(rf"# {number} ", text)
    assert re.search(r"^Date: \d{4}-\d\d-\d\d\. State: (accepted|replaced by \d{4}|proposed)\.$", text, re.MULTILINE)
    for heading in ("Context", "Decision", "Consequences", "Kept by"):
        assert f"\n## {heading}\n" in text


def test_the_licences_of_the_codec_libraries_are_those_of_the_pinned_wheel():
    """Decision 0003 speaks of the pinned PyAV, and names every library its installed wheel brings, and no other."""
    record = next(page for page in DECISIONS if page.name.startswith("0003")).read_text()
    first_cells = re.findall(r"^\| (.+?) \|", record, re.MULTILINE)
    named = set(re.findall(r"\blib[\w-]+", " ".join(first_cells)))
    pinned = re.search(r"^av==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    brought = {
        re.sub(r"-[0-9a-f]{8}$", "", file.name.split(".so")[0])
        for file in importlib.metadata.files("av") or ()
        if file.parts[0] == "av.libs"
    }

    assert pinned
    assert f"`av` {pinned[1]}" in record
    if brought:  # other systems carry their libraries elsewhere
        assert brought == named


def _figures():
    rows = [line for line in (DOCS / "figures.md").read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    head = cells[0] if cells else []
    return [dict(zip(head, row, strict=True)) for row in cells[2:]]


def test_every_figure_can_be_measured_again():
    """Each row of docs/figures.md has value, command, number of runs, seed, baseline, weights and machine."""
    columns = {"figure", "value", "must / aim", "command", "n", "seed", "baseline", "weights sha256", "machine"}
    rows = _figures()

    assert rows
    for row in rows:
        assert columns == set(row)
        assert [] == [column for column in columns if not row[column]], row["figure"]
        assert re.fullmatch(r"(`.+`[;, ]*)+", row["command"]), row["figure"]
        assert re.fullmatch(r"[\d,]+( .+)?", row["n"]), row["figure"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page):
    """Every relative link of a page leads to a file that exists."""
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())

    assert [] == [link for link in links if not (page.parent / link).exists()]


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="needs the git checkout")
def test_no_page_speaks_of_one_machine():
    """No tracked file holds a path of somebody's machine or the host of a package registry."""
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in _tracked()
        for hit in (*filter(_words(path).__contains__, REGISTRIES), *MACHINE_PATH.findall(_words(path))[:1])
    ]

    assert [] == found


@pytest.mark.parametrize("name", vitascope.__all__)
def test_the_front_door_is_documented(name):
    """Whatever the package offers has a docstring."""
    value = getattr(vitascope, name)

    assert isinstance(value, str) or inspect.getdoc(value)
    assert importlib.import_module("vitascope").__doc__


def test_every_call_of_the_programme_is_explained(tmp_path):
    """docs/api/programme.md names each call under /v1/programme and /v1/rights, and none that is gone."""
    pytest.importorskip("fastapi")
    from desks import Desk

    desk = Desk(tmp_path)
    paths = desk.app.openapi()["paths"]
    desk.database.close()
    ours = {path: calls for path, calls in paths.items() if path.startswith(("/v1/programme", "/v1/rights"))}
    named = re.findall(r"^\| `([A-Z]+ /v1/\S+)`", (DOCS / "api" / "programme.md").read_text(), re.MULTILINE)

    assert sorted(f"{method.upper()} {path}" for path, calls in ours.items() for method in calls) == sorted(named)


def test_commands_and_calls_stand_beside_each_other(tmp_path):
    """docs/api/verbs.md names every command of the programme and every call, each once or with a reason."""
    pytest.importorskip("fastapi")
    import typer
    from desks import Desk

    from vitascope.cli.main import app

    desk = Desk(tmp_path)
    paths = desk.app.openapi()["paths"]
    desk.database.close()
    groups = typer.main.get_command(app).commands
    ours = ("programme", "invite", "hold", "contribution", "payout", "consent", "log", "guest", "me")
    commands = {f"{group} {name}" for group in ours for name in groups[group].commands}
    ways = {path: set(calls) for path, calls in paths.items() if path.startswith(("/v1/programme", "/v1/rights"))}
    calls = {f"{way.upper()} {path}" for path in ways for way in ways[path]}
    rows = [line for line in (DOCS / "api" / "verbs.md").read_text().splitlines() if line.startswith("|")]
    named = {name for line in rows for name in re.findall(r"`([^`]+)`", line)}

    assert commands == {name for name in named if name.split()[0] in ours}
    assert calls == {name for name in named if name.split()[0].isupper()}


def test_the_verdicts_of_the_eye_add_up_to_their_figure():
    """What the figures claim of 64 clips is what stands in the table of 64 verdicts."""
    with (ROOT / "docs" / "model" / "s-by-eye.csv").open() as table:
        verdicts = list(csv.DictReader(table))
    thing, once, motion, place = (
        sum(int(line[column]) for line in verdicts)
        for column in ("thing in three frames", "thing in one frame", "motion seen", "place seen")
    )

    row = next(line for line in (ROOT / "docs" / "figures.md").read_text().splitlines() if "one person's eye" in line)

    assert len(verdicts) == 64
    assert f"| {thing} of 64 / {motion} of 64 / {place} of 64; " in row
    assert f"show it in {once} (" in row
