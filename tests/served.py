"""The whole house as people start it: ``vitascope serve`` with its desk and a worker, and a collector of traces."""

import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time

_STARTS = 180  # seconds; a busy machine is not a bug
_COMMAND = [sys.executable, "-c", "from vitascope.cli.main import app; app()", "serve", "--port", "0"]


class House:
    """A house that serves, until it is told to end."""

    def __init__(self, folder, *switches, **environment):
        self._folder, self._log = folder, (folder / "serve.jsonl").open("w")
        self.process = subprocess.Popen(
            [*_COMMAND, "--data", str(folder), *switches],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env={**os.environ, **environment},
        )
        self.address, self.key = "", ""
        try:
            self._greeting()
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    def _greeting(self):
        for line in self.process.stdout:
            if found := re.search(r"serves (http://\S+)/v1", line):
                self.address = found[1]
            if found := re.search(r"once: (vs_\S+)", line):
                self.key = found[1]
            if "write_to_file" in line:
                return
        message = f"it ended before it served: {self.log[-2000:]}"
        raise AssertionError(message)

    def wait_for_worker(self, client):
        """Return when a worker carries its models."""
        until = time.monotonic() + _STARTS
        while not client.get("/v1/models").json()["data"]:
            assert time.monotonic() < until, "no worker came"
            time.sleep(0.1)

    @property
    def log(self):
        """What it wrote to standard error."""
        return (self._folder / "serve.jsonl").read_text()

    def end(self, with_=signal.SIGTERM):
        """Tell it to end; its status."""
        self.process.send_signal(with_)
        self.process.stdout.read()
        self.process.stdout.close()
        status = self.process.wait(60)
        self._log.close()
        return status


class Collector:
    """Takes traces over HTTP and keeps every byte of them."""

    def __init__(self):
        heard, bodies = self.heard, self.bodies = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                bodies.append(body)
                heard.append(self.headers.as_bytes() + body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                """Says nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/v1/traces"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """No more."""
        self._server.shutdown()
        self._server.server_close()
