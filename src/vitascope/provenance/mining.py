"""What the C2PA manifest in a file says about training on it and mining it, whoever signed it."""

import json
from io import BytesIO
from typing import Any

import c2pa

LABELS = ("cawg.training-mining", "c2pa.training-mining")


def mining_entries(content: bytes, media_type: str) -> tuple[tuple[str, dict[str, object]], ...]:
    """Label and entries of each training-mining assertion of every manifest in the file, ingredients' included.

    A signature that does not hold takes no statement away: somebody reserved their rights, and a broken seal is no
    permission. Nothing is fetched. A file without a manifest gives nothing; one that cannot be read gives an entry
    whose use nobody knows.
    """
    context = c2pa.Context(c2pa.Settings.from_dict({"verify": {"remote_manifest_fetch": False}}))
    try:
        with c2pa.Reader(media_type, BytesIO(content), context=context) as reader:
            store: dict[str, Any] = json.loads(reader.json())
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return ()
    except c2pa.C2paError:
        return (("c2pa.training-mining", {"c2pa.ai_generative_training": {"use": "unreadable"}}),)
    return tuple(
        (str(assertion["label"]), _entries(assertion.get("data")))
        for manifest in store.get("manifests", {}).values()
        for assertion in manifest.get("assertions", [])
        if str(assertion.get("label", "")).partition("__")[0] in LABELS
    )


def _entries(told: object) -> dict[str, object]:
    entries = told.get("entries") if isinstance(told, dict) else None
    return entries if isinstance(entries, dict) else {"c2pa.ai_generative_training": {"use": "unreadable"}}
