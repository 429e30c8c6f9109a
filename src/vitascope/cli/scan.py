"""``vitascope scan``: our keys in files, before they are published; for a hook before each commit."""

from pathlib import Path
from typing import Annotated

import typer

_FOUND = 1


def scan(path: Annotated[Path, typer.Argument(help="A file, or a folder with all below it.")]) -> None:
    """Name every file and line that holds a key of a Vitascope server. Ends with 1 if there is one, 0 if none."""
    from vitascope.programme.leaks.scan import scan as search

    found = 0
    for finding in search(path):
        found += 1
        typer.echo(f"{finding.path}:{finding.line}: key {finding.key}; rotate it: vitascope key rotate {finding.key}")
    if found:
        raise typer.Exit(_FOUND)
