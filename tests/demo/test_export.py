"""The folder for a Space: complete, stands alone, and holds no secret."""

import ast
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from vitascope.cli.main import app
from vitascope.demo.export import write_space
from vitascope.demo.house import House
from vitascope.errors import DemoError, OutputError
from vitascope.programme.credential import draw
from vitascope.settings import client_settings

SERVER = "https://video.example.org"


def test_the_folder_has_what_a_space_wants(tmp_path):
    """An app file, requirements with exact versions, and a card whose version is theirs."""
    files = {str(file.relative_to(tmp_path / "space")) for file in write_space(tmp_path / "space", House(), SERVER)}
    card = (tmp_path / "space/README.md").read_text()
    pinned = re.findall(r"^\w+==(\S+)$", (tmp_path / "space/requirements.txt").read_text(), re.MULTILINE)

    assert {"app.py", "README.md", "requirements.txt", "vitascope/demo/style.css"} <= files
    assert [f"sdk_version: {version}" for version in pinned] == re.findall(r"sdk_version: .+", card)
    assert card.startswith("---\ntitle: ")
    assert "app_file: app.py" in card
    assert len(re.search(r"short_description: (.+)", card)[1]) <= 60  # the Hub takes no more


def test_the_page_in_it_starts_from_the_folder_alone(tmp_path):
    """Without this checkout on the path: every import but Gradio's is there, and title and server are as asked."""
    write_space(tmp_path / "space", House(title="Ana's films", shared_by='An "a"'), SERVER)
    fake = tmp_path / "space/gradio.py"
    fake.write_text("class themes: Base = object\nclass Blocks: pass\nclass Request: pass\n")
    said = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.'); import app, vitascope; "
         "print(app.HOUSE.title, app.HOUSE.shared_by, app.SERVER, vitascope.__file__)"],
        cwd=tmp_path / "space", capture_output=True, text=True,
    )  # fmt: skip

    assert f'Ana\'s films An "a" {SERVER} {tmp_path}' in said.stdout, said.stderr
    for file in (tmp_path / "space").rglob("*.py"):
        ast.parse(file.read_text())


def test_the_folder_holds_no_secret(tmp_path, monkeypatch):
    """With the pass in the environment nothing of it is written; among the words it is refused."""
    key = draw().text
    monkeypatch.setenv("VITASCOPE_KEY", key)
    client_settings.cache_clear()
    done = CliRunner().invoke(app, ["demo", "export", str(tmp_path / "space"), "--server", SERVER])
    client_settings.cache_clear()

    assert 0 == done.exit_code, done.output
    assert "app.py" in done.output
    written = b"".join(file.read_bytes() for file in (tmp_path / "space").rglob("*") if file.is_file())
    assert key.encode() not in written
    assert key[5:20].encode() not in written
    with pytest.raises(DemoError, match="a key among"):
        write_space(tmp_path / "other", House(title=key), SERVER)
    assert not (tmp_path / "other").exists()


def test_nothing_is_written_over_and_no_server_is_named_that_others_cannot_reach(tmp_path):
    """A folder with something in it is left alone; a Space cannot call this machine's localhost."""
    (tmp_path / "mine").write_text("a letter")
    with pytest.raises(OutputError, match="not empty"):
        write_space(tmp_path, House(), SERVER)
    for server in ("http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:8000"):
        with pytest.raises(DemoError, match="cannot reach"):
            write_space(tmp_path / "space", House(), server)
