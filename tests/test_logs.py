"""The log as an operator's tools read it: JSON lines alone, also of libraries, which say less than they would."""

import io
import json
import logging
import sys

import pytest

from vitascope import logs


@pytest.fixture
def written(monkeypatch):
    """What goes to standard error; the loggers are as before afterwards."""
    names = ("vitascope.house", "uvicorn.error", "dbos")
    before = {name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in names}
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    logs.write_to_stderr()
    yield sys.stderr
    for name, (handlers, propagate) in before.items():
        logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate


def _lines(written):
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_library_says_one_line_and_seldom(written):
    """The statement and its values stay out, and the same complaint comes once, not twenty times a second."""
    for _ in range(20):
        logging.getLogger("dbos").warning("no answer\n[SQL: SELECT 1]\n[parameters: {'prompt': 'a secret'}]")
    logging.getLogger("dbos").warning("another place")

    assert ["no answer", "another place"] == [line["said"] for line in _lines(written)]
    assert "secret" not in written.getvalue()


def test_what_the_house_tells_is_told_each_time(written):
    """Requests are never left out."""
    for number in range(3):
        logs.tell("request", status=200, number=number)

    assert [("request", 200, number) for number in range(3)] == [
        (line["event"], line["status"], line["number"]) for line in _lines(written)
    ]
