"""``vitascope hold`` and ``vitascope scan``, as a steward and a tidy person meet them."""

import pytest
from houses import new_key
from typer.testing import CliRunner

from vitascope.cli.main import app
from vitascope.programme.credential import draw
from vitascope.provenance.audit import admit
from vitascope.settings import settings
from vitascope.store.database import open_database


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house with two stewards: its database's URL, its switches, and their keys."""
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    settings.cache_clear()
    db = f"sqlite:///{tmp_path}/vita.db"
    yield db, ["--db", db, "--data", str(tmp_path / "var")], [admit(tmp_path, name) for name in ("sally", "sam")]
    settings.cache_clear()


def test_a_wide_hold_takes_two_stewards(house):
    """The first steward's hold waits, the same one cannot agree, another brings it into force."""
    db, switches, (sally, sam) = house
    runner = CliRunner()
    made = runner.invoke(
        app, ["hold", "place", "all", "no_create", "--reason", "a drill", *switches], input=f"{sally}\n"
    )
    assert 0 == made.exit_code, made.output
    name = made.output.split("hold_")[1].split()[0]

    again = runner.invoke(app, ["hold", "agree", f"hold_{name}", *switches], input=f"{sally}\n")
    agreed = runner.invoke(app, ["hold", "agree", f"hold_{name}", *switches], input=f"{sam}\n")

    assert 0 != again.exit_code
    assert "placed" in made.output
    assert "in force" in agreed.output
    assert "a drill" in runner.invoke(app, ["hold", "list", "--db", db]).output


def test_without_a_stewards_key_nothing_is_held(house):
    """A made-up key places no hold."""
    db, switches, _ = house
    made = new_key(open_database(db))
    command = ["hold", "place", "key", "no_create", "--target", made.key.id, "--reason", "r", *switches]

    assert 0 != CliRunner().invoke(app, command, input="guess\n").exit_code
    assert "" == CliRunner().invoke(app, ["hold", "list", "--db", db]).output


@pytest.mark.parametrize("hours", ["nan", "inf", "1e12", "-inf", "0"])
def test_a_length_that_is_none_is_one_sentence(house, hours):
    """It names the length and what may be; nothing is held."""
    db, switches, (sally, _) = house
    command = ["hold", "place", "all", "watch", "--reason", "r", "--hours", hours, *switches]
    told = CliRunner().invoke(app, command, input=f"{sally}\n")

    assert 1 == told.exit_code
    assert f"cannot last {float(hours):g} hours" in " ".join(told.output.split())
    assert "" == CliRunner().invoke(app, ["hold", "list", "--db", db]).output


def test_scan_ends_with_one_where_a_key_lies(tmp_path):
    """Its secret part is not repeated."""
    key = draw()
    (tmp_path / "notes.txt").write_text(f"key: {key.text}\n")

    found = CliRunner().invoke(app, ["scan", str(tmp_path)])

    assert 1 == found.exit_code
    assert "notes.txt:1" in found.output.replace("\n", "")
    assert key.secret not in found.output
