"""A tiny package of art, packed as npm packs: one animation, one SVG and one icon collection."""

import hashlib
import io
import json
import tarfile

from PIL import Image, ImageDraw

from vitascope.corpus.sources import Source

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><circle cx="18" cy="18" r="9" fill="#00f"/></svg>'
BODY = '<rect x="8" y="12" width="16" height="8" fill="#0f0"/>'


def animation():
    """A red square that moves, 8 frames of 50 ms."""
    frames = [Image.new("RGBA", (256, 256)) for _ in range(8)]
    for index, frame in enumerate(frames):
        ImageDraw.Draw(frame).rectangle((20 + 10 * index, 60, 99 + 10 * index, 139), fill=(255, 0, 0, 255))
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=50, loop=0, lossless=True)
    return buffer.getvalue()


def write(folder, key, files, canvas=0, version="1.0.0"):
    """Pack ``files`` into ``folder`` and describe the package."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, contents in files.items():
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(contents)
            tar.addfile(member, io.BytesIO(contents))
    source = Source(
        key=key,
        title=key.title(),
        name=f"@studio/{key}",
        version=version,
        sha256=hashlib.sha256(buffer.getvalue()).hexdigest(),
        licence="MIT",
        licence_basis="LICENSE of the package",
        authors=("Ada Brush",),
        notice="Copyright Ada Brush. MIT License.",
        canvas=canvas,
    )
    (folder / source.archive).write_bytes(buffer.getvalue())
    return source


def icons():
    """An icon collection with an alias and an alias that mirrors."""
    collection = {
        "icons": {"hound": {"body": BODY}},
        "aliases": {"dog": {"parent": "hound"}, "mirrored": {"parent": "hound", "hFlip": True}},
    }
    return json.dumps(collection).encode()
