"""The rules of the house that no ready-made tool keeps: sizes, nouns, front door, and what may not be loaded."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import vitascope

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "src" / "vitascope"
SOURCES = sorted(HOUSE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_FIELDS = 15

HEAVY = ("torch", "diffusers", "cv2", "matplotlib", "resvg_py")
PEOPLE = ("sqlalchemy", "dbos", "vitascope.rights", "vitascope.corpus", "vitascope.training")
PICTURES = ("openvino", "av", "PIL", "vitascope.pipeline", "vitascope.engine", "vitascope.backends")
ALONE = {
    "vitascope": (*HEAVY, *PEOPLE, "numpy", "openvino", "av", "PIL", "typer", "rich"),
    "vitascope.cli.main": (*HEAVY, "sqlalchemy", "dbos", "numpy", "openvino", "av", "PIL", "c2pa"),
    "vitascope.rights.register": (*HEAVY, "openvino", "vitascope.engine", "vitascope.backends", "vitascope.models"),
    "vitascope.engine.plan": (*HEAVY, *PEOPLE, "openvino", "vitascope.models"),
    "vitascope.backends.choose": (*HEAVY, *PEOPLE, "openvino", "vitascope.models"),
    "vitascope.backends.native": (*HEAVY, *PEOPLE, "vitascope.models"),
    "vitascope.backends.openvino": (*HEAVY, *PEOPLE, "vitascope.models"),
    "vitascope.pipeline": (*HEAVY, *PEOPLE, "vitascope.models"),
    "vitascope.programme.door": (*HEAVY, *PICTURES, "numpy"),
    "vitascope.videos.book": (*HEAVY, *PICTURES, "numpy"),
    "vitascope.worker.run": (*HEAVY, *PICTURES),  # an engine is opened when it is known which
    "vitascope.origin": (*HEAVY, "sqlalchemy", "dbos", "openvino", "vitascope.pipeline", "vitascope.models"),
}
"""What each module must be importable without, though it may be installed: the lazy front door keeps these true."""


def _name(path):
    return str(path.relative_to(ROOT))


def _tree(path):
    return ast.parse(path.read_text(), filename=str(path))


def _functions(path):
    return [node for node in ast.walk(_tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _dataclasses(path):
    """Each dataclass of a file with the keyword arguments of its decorator."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                if "dataclass" in ast.unparse(decorator):
                    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
                    yield node, {keyword.arg: ast.unparse(keyword.value) for keyword in keywords}


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=_name)
def test_a_file_can_be_read_in_one_sitting(path):
    """No file has more than 400 lines, no function more than 60."""
    lines = len(path.read_text().splitlines())
    lengths = {function.name: function.end_lineno - function.lineno + 1 for function in _functions(path)}

    assert lines <= LONGEST_FILE, f"{_name(path)} has {lines} lines: split it by concept"
    assert {} == {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


def test_the_nouns_are_frozen():
    """What travels between rooms cannot be written to on the way, and takes its fields by name only."""
    nouns = list(_dataclasses(HOUSE / "types.py"))

    assert nouns
    for noun, keywords in nouns:
        assert {"frozen": "True", "slots": "True", "kw_only": "True"} == keywords, noun.name


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_noun_is_no_bag(path):
    """No dataclass has more than 15 fields, and none that is seen outside its file can be changed once it is made."""
    for noun, keywords in _dataclasses(path):
        fields = [node for node in noun.body if isinstance(node, ast.AnnAssign)]

        assert len(fields) <= MOST_FIELDS, f"{noun.name} has {len(fields)} fields: it is two things"
        assert noun.name.startswith("_") or keywords.get("frozen") == "True", f"{noun.name} is not frozen"


def test_every_folder_with_code_is_a_package():
    """A folder without __init__.py is invisible to the import contracts, so there is none."""
    folders = {path.parent for path in SOURCES}

    assert [] == [_name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()]


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py" and p.parent != HOUSE], ids=_name)
def test_a_room_says_what_it_is_and_loads_nothing(path):
    """The __init__.py of a room is one docstring: Python runs it before any file of the room."""
    tree = _tree(path)

    assert ast.get_docstring(tree)
    assert 1 == len(tree.body)


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_a_file_opens_with_what_lives_there(path):
    """The first thing in a file is a docstring that begins with a sentence."""
    first = (ast.get_docstring(_tree(path)) or "").split("\n\n")[0]

    assert re.match(r"[A-Z\d`].*[.:!?]", first, re.DOTALL), f"{_name(path)} opens with {first!r}"


def test_only_the_store_commits():
    """One request or one job step is one transaction, so only the store ends one."""
    rooms = [path for path in SOURCES if "store" not in path.relative_to(HOUSE).parts]

    assert [] == [_name(path) for path in rooms if ".commit(" in path.read_text()]


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=_name)
def test_an_exception_to_a_rule_gives_its_reason(path):
    """Whoever switches a checker off for a line says which rule, and why."""
    bare = re.compile(
        r"#\s*(noqa(?!: [A-Z]+\d+)|type:\s*ignore(?!\[))|#\s*(noqa: [A-Z\d, ]+|type:\s*ignore\[[^]]+\])\s*$"
    )
    lines = enumerate(path.read_text().splitlines(), 1)

    assert [] == [f"{_name(path)}:{number}" for number, line in lines if bare.search(line)]


def test_tests_stand_where_the_code_stands():
    """Each folder of tests is named after a room, or is one of the few that test the whole house."""
    rooms = {path.name for path in HOUSE.iterdir() if path.is_dir()}
    folders = {path.parent.name for path in TESTS if path.parent != ROOT / "tests"}

    assert set() == folders - rooms - {"typing", "golden", "browser"}


def test_a_test_stops_no_clock_but_that_of_what_it_tests():
    """``module.time.monotonic`` is everybody's: a desk beside it, in another thread, then sleeps until the wrong time.

    Put a clock in the module's place of ``time`` instead.
    """
    everybodys = re.compile(r"""setattr\((?:"[\w.]+\.time\.\w+"|(?:\w+\.)?time, "\w+")""")

    assert everybodys.search('setattr(module.time, "monotonic"')
    assert everybodys.search('setattr("room.module.time.time"')
    assert [] == [_name(path) for path in TESTS if path != Path(__file__) and everybodys.search(path.read_text())]


def test_the_front_door_is_exact():
    """What can be imported is what __all__ names, in order, and nothing more."""
    assert sorted(vitascope.__all__) == sorted(dir(vitascope))
    for name in vitascope.__all__:
        assert getattr(vitascope, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'gnerate'"):
        vitascope.gnerate


@pytest.mark.torch
def test_what_runs_on_a_borrowed_gpu_needs_no_runtime():
    """Every module of the scripts for GPUs is imported where OpenVINO, skia and their like are blocked."""
    script = "".join((ROOT / "runs" / name).read_text() for name in ("gpu.sh", "gpu-conv.sh"))
    modules = sorted(set(re.findall(r"-m (vitascope\.training\.\w+)", script)))
    block = "".join(f"sys.modules[{name!r}] = None; " for name in ("openvino", "skia", "resvg_py", "av", "c2pa"))

    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {block}import {', '.join(modules)}"], capture_output=True, text=True
    )

    assert len(modules) >= 6
    assert "" == run.stderr


@pytest.mark.torch
def test_a_newcomer_without_torch_can_collect_every_test():
    """The README's `make test` installs no torch: where a test module imports it, that module has to step aside."""
    code = "import sys; sys.modules['torch'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"

    run = subprocess.run(
        [sys.executable, "-c", code, "--collect-only", "-qq", "-p", "no:cacheprovider", "tests"],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"TORCH": ""},
    )  # fmt: skip

    assert 0 == run.returncode, run.stdout[-2000:]


@pytest.mark.parametrize("module", ALONE)
def test_a_room_loads_only_what_it_needs(module):
    """In a fresh process the module can be imported while others are blocked: importing one of those would raise."""
    assert importlib.util.find_spec(module), f"{module} is gone: name its successor in ALONE"
    block = "; ".join(f"sys.modules[{name!r}] = None" for name in ALONE[module])

    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {block}; import {module}"], capture_output=True, text=True
    )

    assert "" == run.stderr
