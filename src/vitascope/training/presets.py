"""The models we train: one function per preset, a variant calls another and replaces a field or two."""

from dataclasses import replace

from vitascope.text.words import VOCABULARY_SIZE, WORDS, vocabulary_sha256
from vitascope.text.world import FIRST, SECOND
from vitascope.types import AnimatorPreset, ConvPreset, LappedPreset, NetPreset, Preset, SamplerPreset, View

_ANIMATOR = AnimatorPreset(widths=(32, 64, 128, 192), words=32, hidden=256)

_LAPPED = LappedPreset(
    kind="lapped",
    stride=32,
    frames=4,
    channels=1280,
    radius_luma=1.0,
    radius_chroma=0.7,
    radius_time=3.0,
    tilt=0.5,
    gain=0.4,
)

_VIEWS = (
    View(size=(256, 256), fps=16, frames=(65,)),
    View(size=(320, 192), fps=8, frames=(33,)),
    View(size=(192, 320), fps=8, frames=(33,)),
)


def xs() -> Preset:
    """What two CPU cores can train: 128 x 128, up to 4.1 s at 8 frames a second, 16 rows per half second.

    Few rows and many steps: in trials, 256 rows learned neither things nor places in the time in which 64 learned both.
    """
    return Preset(
        name="xs",
        codec=_LAPPED,
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
            modulations=6,
            pool=3,
        ),
        sampler=SamplerPreset(steps=4, guidance=1.5, shift=6.0),
        size=(128, 128),
        fps=8,
        frames=(1, 17, 33),
        vocabulary_sha256=vocabulary_sha256(FIRST),
        animator=_ANIMATOR,
    )


def s() -> Preset:
    """What ten minutes of a GPU teach: 256 x 256, 64 rows per half second, the second edition of the world.

    A row stands for a quarter of what one of ``xs`` does, in fewer numbers. The gain is half of theirs, so that a level
    of noise hides as much of a picture as there. Eight blocks as wide as theirs.
    """
    small = xs()
    return replace(
        small,
        name="s",
        codec=replace(_LAPPED, channels=896, radius_chroma=0.6, radius_time=2.5, gain=0.2),
        net=replace(small.net, depth=8, modulations=4),
        size=(256, 256),
        vocabulary_sha256=vocabulary_sha256(SECOND),
        views=_VIEWS,
    )


def conv() -> Preset:
    """As ``s`` on latents of the learned codec: 64 rows of 64 numbers for half a second.

    It is asked for whole scenes. As wide as 32 MiB allow: 16 million weights in int8 rows, and the codec's 7 million
    in bfloat16.
    """
    native = s()
    return replace(
        native,
        name="conv",
        codec=ConvPreset(
            kind="conv",
            stride=32,
            frames=4,
            channels=64,
            encoder=(64, 128, 192, 192),
            decoder=(192, 192, 128, 64),
            encoder_blocks=(1, 1, 1, 1),
            decoder_blocks=(1, 2, 2, 2),
        ),
        net=replace(native.net, width=320, depth=12, heads=5, hidden=832, modulations=2, pool=0),
        sampler=SamplerPreset(steps=4, guidance=1.0, shift=5.0),
        animator=None,
    )


def s_small() -> Preset:
    """For rehearsals of everything ``s`` does, in minutes on one core: narrow and shallow."""
    large = s()
    return replace(
        large, name="s-small", net=replace(large.net, width=128, depth=3, heads=2, hidden=320, modulations=3)
    )


def conv_small() -> Preset:
    """The same of everything ``conv`` does, at 128 x 128."""
    large, same, one = conv(), (64,) * 4, (1,) * 4
    codec = ConvPreset(
        kind="conv", stride=32, frames=4, channels=64, encoder=same, decoder=same, encoder_blocks=one,
        decoder_blocks=one,
    )  # fmt: skip
    net = replace(large.net, width=128, depth=3, heads=2, hidden=320)
    return replace(large, name="conv-small", codec=codec, net=net, size=(128, 128), frames=(1, 17), views=())


_PRESETS = {"xs": xs, "s": s, "s-small": s_small, "conv": conv, "conv-small": conv_small}
NAMES = tuple(_PRESETS)


def preset(name: str) -> Preset:
    """The preset of that name. Raises KeyError when there is none."""
    return _PRESETS[name]()
