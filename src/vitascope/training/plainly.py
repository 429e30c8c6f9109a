"""What goes wrong in a command of this room is said in a sentence, not in a traceback."""

from collections.abc import Callable

from rich.console import Console

from vitascope.errors import VitascopeError


def plainly(act: Callable[[], None]) -> None:
    """Run a command. What people can mend (a missing file, a full disk, a wrong preset) ends it with status 2."""
    try:
        act()
    except (VitascopeError, OSError) as error:
        Console(stderr=True).print(str(error), style="red", highlight=False)
        raise SystemExit(2) from error
