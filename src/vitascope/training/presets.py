"""The models we train: one function per preset, a variant calls another and replaces a field or two."""

from dataclasses import replace

from vitascope.text.words import VOCABULARY_SIZE, WORDS, vocabulary_sha256
from vitascope.types import CodecPreset, NetPreset, Preset, SamplerPreset


def xs() -> Preset:
    """What two CPU cores can train: 128 x 128, up to 4.1 s at 8 frames a second, 16 rows per half second.

    Few rows and many steps: in trials, 256 rows learned neither things nor places in the time in which 64 learned both.
    """
    return Preset(
        name="xs",
        codec=CodecPreset(
            kind="lapped",
            stride=32,
            frames=4,
            channels=1024,
            radius_luma=1.0,
            radius_chroma=0.5,
            radius_time=4.0,
            tilt=0.5,
            gain=0.4,
        ),
        net=NetPreset(
            width=384,
            depth=6,
            heads=6,
            hidden=1024,
            text_width=192,
            text_depth=2,
            text_heads=3,
            words=WORDS,
            vocabulary=VOCABULARY_SIZE,
        ),
        sampler=SamplerPreset(steps=8, guidance=3.0, shift=3.0),
        size=(128, 128),
        fps=8,
        frames=(1, 17, 33),
        vocabulary_sha256=vocabulary_sha256(),
    )


def s() -> Preset:
    """The next size, for a GPU: the same rows at 256 x 256."""
    small = xs()
    net = replace(small.net, width=512, depth=12, heads=8, hidden=1344)
    return replace(small, name="s", net=net, size=(256, 256))


def preset(name: str) -> Preset:
    """The preset of that name. Raises KeyError when there is none."""
    return {"xs": xs, "s": s}[name]()
