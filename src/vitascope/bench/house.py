"""A house to be measured: the processes people start, in a folder of their own, keys for it, and lines to its desk.

Everything the house writes lies in its folder, prints and seals too: no measurement touches the register of whoever
takes it.
"""

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from vitascope.errors import ServerError
from vitascope.orders import Limits
from vitascope.programme import keys
from vitascope.rights.logbook import open_log
from vitascope.store.database import open_database
from vitascope.store.secrets import open_secrets

PROMPT = "a parrot flies over a beach at sunset"
MOST = Limits(requests_per_minute=10**6, jobs_in_flight=10**6, seconds_per_day=10**9)
_SMALL = {"seconds": "1", "size": "128x128"}
_END_SECONDS = 60.0
_PAUSE = 0.1  # seconds between two tries at a desk that is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A house that serves, and where its data lies."""

    host: str
    port: int
    process: int
    folder: Path

    @property
    def database(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.folder / 'vitascope.db'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A party of the house, with the text of its key."""

    party: str
    key: str


def program(folder: Path, *arguments: str) -> list[str]:
    """The command line of ``vitascope`` with the data folder ``folder`` and nothing of this user's own."""
    start = [sys.executable, "-c", "from vitascope.cli.main import app; app()"]
    own = [f"VITASCOPE_HOME={folder / 'home'}", "VITASCOPE_QUEUE_LIMIT=1000000"]
    return ["/usr/bin/env", *own, *start, *arguments, "--data", str(folder)]


def new_holder(url: str, folder: Path, name: str) -> Holder:
    """A new party of the house at the database ``url``, without limits."""
    database = open_database(url)
    try:
        with database.transaction() as tx:
            made = keys.create(
                tx,
                open_log(folder),
                by=keys.OPERATOR,
                name=name,
                scopes=keys.SCOPES,
                expires_at=None,
                limits=MOST,
                secrets=open_secrets(folder),
                now=time.time(),
            )
    finally:
        database.close()
    return Holder(party=made.key.party, key=made.credential)


class Line:
    """One connection to the desk that stays open, with a key."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=120)
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def close(self) -> None:
        """Hang up; the next question connects again."""
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        """The body of the answer. Raises ServerError where it is not 200, OSError where there is none."""
        text, told = (
            None if body is None else json.dumps(body),
            {name.replace("_", "-"): headers[name] for name in headers},
        )
        self._connection.request(method, path, text, {**self._headers, **told})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise ServerError(f"{method} {path} was answered with {answer.status}: {content[:300]!r}")
        return content

    def insist(self, method: str, path: str, body: object = None, *, until: float, **headers: str) -> bytes:
        """``ask`` until there is a desk that says yes; after the monotonic ``until`` it raises what ``ask`` does."""
        while True:
            try:
                return self.ask(method, path, body, **headers)
            except (OSError, http.client.HTTPException, ServerError):
                self.close()
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE)

    def order(self, model: str, number: int, **fields: object) -> str:
        """Order a video; its id."""
        return str(json.loads(self.ask("POST", "/v1/videos", wanted(model, number) | fields))["id"])

    def timed(self, method: str, path: str) -> float:
        """Seconds that a request takes."""
        began = time.perf_counter()
        self.ask(method, path)
        return time.perf_counter() - began

    def first(self, video: str, kind: str) -> dict[str, object]:
        """The first event of that kind, once there is one; on a line of its own, which is cut then."""
        watching = http.client.HTTPConnection(self._connection.host, self._connection.port, timeout=120)
        with closing(watching):
            watching.request("GET", f"/v1/videos/{video}/events", headers=self._headers)
            for line in watching.getresponse():
                if line.startswith(b"data: ") and (event := json.loads(line[6:]))["type"] == kind:
                    return dict(event)
        raise ServerError(f"{video} ended without any {kind}.")

    def events(self, video: str) -> list[dict[str, object]]:
        """Everything that happened to a video; returns when it has ended."""
        told = self.ask("GET", f"/v1/videos/{video}/events").decode()
        return [json.loads(line.removeprefix("data: ")) for line in told.splitlines() if line.startswith("data: ")]


def wanted(model: str, number: int, *, is_small: bool = False) -> dict[str, object]:
    """The body of an order; a small one is a second long and as large as the embedded model paints."""
    body: dict[str, object] = {"prompt": PROMPT, "model": model, "seed": number}
    return body | (_SMALL if is_small else {"seconds": "4"})


@contextmanager
def serving(folder: Path, *switches: str) -> Iterator[House]:
    """``vitascope serve`` on a free port until the block ends. Raises ServerError where it does not start."""
    command = program(folder, "serve", "--port", "0", *switches)
    with (folder / "serve.jsonl").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603  # our own program
    try:
        yield House(host="127.0.0.1", port=_port(process), process=process.pid, folder=folder)
    finally:
        process.terminate()
        _see_out(process)


def wait_for_worker(line: Line, model: str) -> None:
    """Return when a worker that is alive carries ``model``."""
    while True:
        models = json.loads(line.ask("GET", "/v1/models"))["data"]
        if any(told["id"] == model and told["is_alive"] for told in models):
            return
        time.sleep(_PAUSE)


def pss(process: int) -> float:
    """Memory of a process with its share of what it shares, in megabytes."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return round(int(found[1]) * 1024 / 1e6, 1) if found else 0.0


def spread(seconds: Sequence[float]) -> Mapping[str, float]:
    """Number, median, 95th percentile and largest, in milliseconds."""
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return {"n": len(ordered), "median_ms": ms(median(ordered)), "p95_ms": ms(high), "most_ms": ms(ordered[-1])}


def ms(seconds: float) -> float:
    """Milliseconds, to a tenth."""
    return round(1000 * seconds, 1)


def _see_out(process: "subprocess.Popen[str]") -> None:
    """Wait for the end; the kernel ends the workers of a desk that has to be killed."""
    try:
        process.communicate(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _port(process: "subprocess.Popen[str]") -> int:
    for line in process.stdout or ():
        if found := re.search(r"serves http://\S+:(\d+)/v1", line):
            return int(found[1])
    raise ServerError(f"The house ended with {process.wait()} before it served.")
