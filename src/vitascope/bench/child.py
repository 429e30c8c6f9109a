"""``python -m vitascope.bench.child NAME``: one engine in a process of its own, ready to make the clip of the bench.

It opens, makes one clip that is not counted, and says what it is as a line of JSON. Then it makes a clip for every
line it is sent and answers with the seconds, so that whoever compares engines can take turns between them: a machine
that grows busy for a while then slows all of them. At the end of its input it tells its peak memory.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from vitascope.backends.choose import open_backend
from vitascope.bench.engine import NAMES, OURS, PROMPT, BackendEngine, Engine, Facts
from vitascope.errors import VitascopeError
from vitascope.shipped import MODEL


def opened(name: str, model: str, *, threads: int, flops: float = 0.0, prompt: str = PROMPT) -> Engine:
    """The engine of that name. ``flops`` is what a rival of another make should be built to cost."""
    if name == OURS:
        return _ours(model, threads, prompt)
    from vitascope.bench import rivals  # noqa: PLC0415  # torch takes seconds to load, and ours must not pay for it

    return rivals.opened(name, model, threads=threads, flops=flops, prompt=prompt)


def _ours(model: str, threads: int, prompt: str) -> Engine:
    begin = time.perf_counter()
    backend = open_backend(model, threads=threads)
    precision: str = getattr(getattr(backend, "runtime", None), "precision", "")
    facts = Facts(name=OURS, version=version("openvino"), dtype=precision, threads=threads,
                  opening_seconds=time.perf_counter() - begin)  # fmt: skip
    return BackendEngine(backend, facts, prompt)


def serve(engine: Engine) -> Iterator[dict[str, object]]:
    """What a process answers, line by line: facts, then the seconds of every clip it is asked for, then its peak."""
    engine.once()
    yield asdict(engine.facts())
    for _ in sys.stdin:
        begin = time.perf_counter()
        network = engine.once()
        yield {"seconds": time.perf_counter() - begin, "network": network}
    yield {"peak_mb": peak_mb()}


def peak_mb() -> float:
    """Most memory this program had, in MB; ``ru_maxrss`` remembers that of whoever started it, too."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024 / 1e6


def main() -> None:
    """Opens one engine and serves it to whoever started the process."""
    parser = argparse.ArgumentParser(prog="vitascope.bench.engine", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--flops", type=float, default=0.0, help="operations a rival of another make should cost")
    parser.add_argument("--prompt", default=PROMPT)
    asked = parser.parse_args()
    try:
        engine = opened(asked.name, asked.model, threads=asked.threads, flops=asked.flops, prompt=asked.prompt)
        for line in serve(engine):
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    except VitascopeError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
