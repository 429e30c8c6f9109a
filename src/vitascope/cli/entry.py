"""The entry of ``vitascope``: Ctrl-C ends it in one sentence from the first moment, also while it is still imported."""

import sys


def run() -> None:
    """Run the command line. What it raises once it runs it turns into text itself, see ``cli/main.py``."""
    try:
        from vitascope.cli.main import app

        app()
    except KeyboardInterrupt:
        print("Interrupted; no file was left behind.", file=sys.stderr)
        raise SystemExit(130) from None
