"""The header ``Range``: which bytes of a file a client wants (RFC 9110, section 14)."""

import re

from vitascope.refusals import RangeError

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one behind the last, or None where the whole file is to be sent.

    A header that cannot be read, or one with several ranges, is as good as none: the standard lets a server answer
    with the whole file. ``bytes=0-499``, ``bytes=500-`` and ``bytes=-500`` (the last 500) are read.
    Raises RangeError where the file ends before the range begins.
    """
    found = _ONE_RANGE.fullmatch(header or "")
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size:
        raise RangeError(f"The file has {size} bytes; none of the asked ones is among them.", size=size)
    return start, end
