"""The proof that a file carries both layers: without one there is no ``Clip``, and no job ends with a film."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What marked and signed a file. Only ``provenance`` makes one; the job book reads back what it wrote."""

    manifest_sha256: str  # of the C2PA manifest
    mark_id: int  # of the invisible mark, 64 bits
