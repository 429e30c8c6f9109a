"""The desk against requests that were made up from its own description: no 5xx, no answer outside the envelope.

``FUZZ=2000 python -m pytest -s tests/server/test_fuzz.py`` is the full run; without it a slice is tried.
"""

import json
import os
import subprocess
import sys

CASES = int(os.environ.get("FUZZ", "0"))
_OPERATIONS = 50  # of the description, about
_CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "ignored_auth", "use_after_free", "unsupported_method",
)  # fmt: skip
_LEFT_OUT = "/events$|/import$"  # a stream ends with its video; an archive is no form (test_checks tries broken ones)


def test_no_made_up_request_breaks_the_desk(desk, tmp_path):
    """Every answer has a documented status and shape; errors have the envelope, since that is what is documented."""
    desk.carry()
    report = tmp_path / "report.json"
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{desk.url}/openapi.json", "--no-color",
        "--header", f"Authorization: Bearer {desk.key().credential}", "--checks", ",".join(_CHECKS),
        "--exclude-path-regex", _LEFT_OUT, "--max-examples", str(max(2, CASES // _OPERATIONS)), "--seed", "7",
        "--continue-on-failure", "--request-timeout", "300", "--suppress-health-check", "all",
        "--phases", "examples,coverage,fuzzing,stateful" if CASES else "examples,fuzzing",
        "--report-json-path", str(report), "--generation-database", "none",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    assert 0 == done.returncode, done.stdout[-6000:] + done.stderr[-2000:]
    print(done.stdout[-1500:])  # noqa: T201  # the number of cases, for who runs the full one with -s
    assert json.loads(report.read_text())
