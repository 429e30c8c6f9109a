"""On a terminal people see how far a render is and a strip of what came out; in a pipe they see neither."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

FAKE = (sys.executable, str(Path(__file__).parents[1] / "fakes.py"))
PROMPT = "a parrot flies over a beach at sunset"


def on_a_terminal(folder, *arguments, **environment):
    """What a person sees of ``vitascope generate`` on a terminal of 80 columns."""
    ours, theirs = os.openpty()
    seen = []
    reader = threading.Thread(target=_read_all, args=(ours, seen))
    reader.start()
    told = {"TERM": "xterm-256color", "COLUMNS": "80", "NO_COLOR": None, **environment}
    environ = {name: value for name, value in (os.environ | told).items() if value is not None}
    subprocess.run(
        [*FAKE, "generate", PROMPT, *arguments], cwd=folder, env=environ, stdout=theirs, stderr=theirs, check=True
    )
    os.close(theirs)
    reader.join(timeout=10)
    os.close(ours)
    return b"".join(seen).decode()


def _read_all(descriptor, seen):
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # Linux says so when the other side has closed
            return
        if not part:
            return
        seen.append(part)


def test_a_person_sees_steps_and_the_time_left(tmp_path):
    """Bars count steps and frames with the time left, and are gone when the account is told."""
    seen = on_a_terminal(tmp_path, FAKE_PAUSE="0.02")
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)

    assert re.search(r"step 4/4 .* \d:\d\d:\d\d", plain)
    assert re.search(r"painting frame \d+/33", plain)
    assert re.search(r"writing frame \d+/33", plain)
    assert "\x1b[2K" in seen.partition("Read as")[0]  # the bars were wiped


def test_a_strip_is_shown_where_colours_can_be(tmp_path):
    """Half blocks in 24-bit colour, no wider than the terminal; none where the terminal has fewer colours."""
    colourful = on_a_terminal(tmp_path, COLORTERM="truecolor")
    plain = on_a_terminal(tmp_path, COLORTERM="")
    rows = [line for line in colourful.splitlines() if "\u2580" in line]

    assert rows
    assert all("\x1b[38;2;" in row for row in rows)
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", row)) for row in rows) <= 80
    assert "\u2580" not in plain


def test_a_pipe_sees_neither(tmp_path):
    """Without a terminal stderr stays silent and stdout holds no colours."""
    ended = subprocess.run([*FAKE, "generate", PROMPT], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "" == ended.stderr
    assert "\x1b" not in ended.stdout
