"""The nouns that travel between rooms: small, frozen, valid by construction.

Shapes: T frames, H rows, W columns, C = 3 colours (RGB). Pixels are uint8 in 0..255 unless said otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from vitascope.sealed import Seal
from vitascope.shipped import MODEL

Pixels = npt.NDArray[np.uint8]
"""One frame, ``(H, W, 3)`` uint8 RGB, or several, ``(T, H, W, 3)``."""

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Container = Literal["mp4", "gif", "webm"]
Use = Literal["notAllowed", "allowed", "constrained"]
SourceRole = Literal["first-frame", "parent", "component"]
Change = Literal["remixed", "extended", "edited", "blended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that went into a clip, as it came: the credential in it, or beside it, becomes a link of the chain."""

    content: bytes
    media_type: str  # image/png, video/mp4 and so on
    role: SourceRole  # a parent is what was changed, a component what was blended in, a first frame what it opens with
    sidecar: bytes | None = None  # the C2PA manifest where the container cannot hold one


@dataclass(frozen=True, slots=True, kw_only=True)
class Mining:
    """What the maker of a file allows others to do with it (CAWG training and data mining assertion 1.1)."""

    data_mining: Use = "notAllowed"
    ai_training: Use = "notAllowed"
    ai_generative_training: Use = "notAllowed"
    ai_inference: Use = "notAllowed"
    terms: str = ""  # where the terms of a constrained use stand

    def __post_init__(self) -> None:
        """A constraint without terms says nothing."""
        uses = (self.data_mining, self.ai_training, self.ai_generative_training, self.ai_inference)
        if "constrained" in uses and not self.terms:
            message = "A constrained use needs terms: give the address where they stand."
            raise ValueError(message)


NO_MINING = Mining()
"""What holds where nobody chose: every use is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """Somebody or something kept as it is in a picture: prompts call it by its name, clip after clip."""

    name: str
    picture: Pixels  # (H, W, 3), or (H, W, 4) where it is cut out already
    faces: int = 0  # the way it looks in the picture: -1 left, 1 right, 0 neither


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asks for, as asked; nothing in it is resolved yet."""

    prompt: str
    seconds: float | None = None
    size: tuple[int, int] | None = None  # width, height in pixels
    fps: int | None = None
    seed: int | None = None
    steps: int | None = None
    image: Pixels | None = None  # first frame
    characters: tuple[Character, ...] = ()  # whom the prompt names beside what the model knows
    model: str = MODEL
    container: Container = "mp4"
    sources: tuple[Source, ...] = ()  # files the clip is made from, for its credential
    change: Change | None = None  # what is done to the parent, where there is one
    mining: Mining = NO_MINING


@dataclass(frozen=True, slots=True, kw_only=True)
class LappedPreset:
    """Geometry of the codec that needs no training: one latent row stands for ``frames x stride x stride`` pixels."""

    kind: Literal["lapped"]
    stride: int  # pixels a row covers in x and in y
    frames: int  # frames a latent covers; the first latent of a clip is one single frame (1 + 4k rule)
    channels: int  # numbers in a row
    radius_luma: float  # these three weigh which frequencies are kept: see backends/codec.py
    radius_chroma: float
    radius_time: float
    tilt: float  # exponent of the frequency weighting that evens out the spectrum of pictures
    gain: float  # brings rows to a root mean square near 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvPreset:
    """Geometry and widths of the learned codec; a row stands for ``frames x stride x stride`` pixels as above.

    Four stages each, at a quarter, an eighth, a sixteenth and a 32nd of the frame's sides. Widths are multiples of 64:
    others make bfloat16 slower than float32 on a CPU (2.36 M parameters at 128, 96, 48: 920 ms against 460).
    """

    kind: Literal["conv"]
    stride: int
    frames: int
    channels: int
    encoder: tuple[int, ...]  # width of each stage, the largest pictures first
    decoder: tuple[int, ...]  # the smallest pictures first
    encoder_blocks: tuple[int, ...]  # residual blocks of each stage; the first one also sees the frame before
    decoder_blocks: tuple[int, ...]


CodecPreset = LappedPreset | ConvPreset
"""Geometry of a video codec; both kinds have ``kind``, ``stride``, ``frames`` and ``channels``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetPreset:
    """Widths and depths of the diffusion transformer and of its text encoder."""

    width: int
    depth: int
    heads: int
    hidden: int  # inner width of SwiGLU
    text_width: int
    text_depth: int
    text_heads: int
    words: int  # text rows a prompt is padded to
    vocabulary: int  # tokens, spare ones included
    modulations: int = 1  # sets of six vectors made of level and caption; neighbouring blocks share one, if need be
    pool: int = 0  # inner width, in widths, of two layers behind the pooled caption; 0: none


@dataclass(frozen=True, slots=True, kw_only=True)
class AnimatorPreset:
    """Widths of the networks that move a given picture: see models/animator.py."""

    widths: tuple[int, ...]  # of the matte's stages, the largest pictures first; each halves the sides
    words: int  # width of a word of movement
    hidden: int  # inner width of the tracks
    side: int = 128  # pixels of the longer side of a picture as the matte looks at it


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerPreset:
    """How noise becomes a clip: defaults a request may override where the model allows."""

    steps: int
    guidance: float  # 1 where it was taught with the flow map: no second pass
    shift: float  # > 1 spends more of the steps at high noise
    kind: Literal["flow", "map"] = "flow"  # a map was taught where a long step ends, and wants to be told


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A further shape of clips that a model was taught."""

    size: tuple[int, int]
    fps: int
    frames: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Everything inference must know of a checkpoint; stored as JSON beside its weights."""

    name: str
    codec: CodecPreset
    net: NetPreset
    sampler: SamplerPreset
    size: tuple[int, int]  # native width, height
    fps: int
    frames: tuple[int, ...]  # trained lengths in frames, ascending
    weights_sha256: str = ""
    vocabulary_sha256: str = ""
    trained_on: str = ""  # sha256 of the works register the training data was cleared by
    licence: str = "Apache-2.0"  # SPDX id under which the weights are given away
    views: tuple[View, ...] = ()  # taught beside the native shape: other sides, other rates
    animator: AnimatorPreset | None = None  # moves a given picture; without one the diffusion net goes on from it
    alive: tuple[str, ...] | None = None  # things painted frame by frame, others once; None: all (training/alive.py)


def viewed(preset: Preset, view: int) -> Preset:
    """The preset with its n-th further view in place of its native shape; 0 is the native one."""
    if not view:
        return preset
    other = preset.views[view - 1]
    return replace(preset, size=other.size, fps=other.fps, frames=other.frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will happen, fully resolved: same plan, weights, runtime and CPU type give the same frames."""

    prompt: str
    words: Mapping[str, Integers]  # token, role, entity, segment: each (W,), see text/words.py
    frames: int  # frames the model makes (1 + 4k)
    keep: int  # frames of those that go into the file
    size: tuple[int, int]  # native width, height
    output_size: tuple[int, int]  # of the file
    fps: int
    seed: int
    steps: int
    guidance: float
    first_frame: Pixels | None  # (H, W, 3) at native size, or, where the model moves pictures, at most the file's
    model: str
    container: Container
    notes: tuple[str, ...]  # sentences for the person: what was read, rounded or left out
    cast: Mapping[int, Character] = field(default_factory=dict)  # who plays which thing, by its number in the words


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A frame that carries the invisible mark. Only ``provenance`` makes one; ``media`` writes nothing else."""

    frame: Pixels  # (H, W, 3)
    mark_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A finished file: marked, sealed, and where it lies. There is none without a seal of ``provenance``."""

    path: Path
    sidecar: Path | None  # C2PA manifest beside the file where the container cannot hold one
    seal: Seal
    frames_sha256: str  # of the decoded frames before marking
    frames: int
    size: tuple[int, int]
    fps: int
    seed: int
    model: str
    weights_sha256: str
    notes: tuple[str, ...]

    @property
    def mark_id(self) -> int:
        """The number its invisible mark carries."""
        return self.seal.mark_id

    @property
    def manifest_sha256(self) -> str:
        """Of its C2PA manifest."""
        return self.seal.manifest_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One tick of a render, for people who wait: ``step`` of ``steps`` is done, and step 0 says that a stage begins.

    A render that an attempt before began enters denoise at the step that was kept. Frame by frame, decode, mark and
    write take turns; stills are the pictures that follow a film.

    ``sketch`` paints one frame as the network sees it so far, if somebody wants to look: it costs a decode. It carries
    no mark, so only the pipeline calls it.
    """

    stage: Literal["read", "denoise", "decode", "mark", "write", "seal", "stills"]
    step: int
    steps: int
    eta_seconds: float | None = None
    sketch: Callable[[], Pixels] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Halfway:
    """A clip between noise and picture. One decode makes frames of it that carry no mark: it never leaves the house."""

    rows: Floats  # of the clip, and of a reference picture before them: (N, D)
    step: int  # steps that led here
    of: str  # sha256 of the plan, the weights and the runtime: only with the same does it lead to the same frames


class Memory(Protocol):
    """Where a render keeps how far it is, so that another attempt at the same one need not begin with noise."""

    def recall(self, of: str, shape: tuple[int, ...]) -> Halfway | None:
        """What was kept of that very render, whole and of that shape; None where there is nothing. Never raises."""
        ...

    def keep(self, halfway: Halfway) -> None:
        """Hear of the state after a step; whether it is worth keeping is not the render's business. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A licensed drawing or animation in the works register."""

    id: str
    package: str  # registry:name==version
    path: str  # inside the package
    sha256: str  # of the file at ``path``
    title: str
    authors: tuple[str, ...]
    licence: str  # SPDX id
    licence_basis: str  # where the licence is stated
    consent: Literal["explicit-opt-in", "licence-only", "public-domain-dedication", "own-work", "none"]
    date: str  # when it was registered, ISO 8601
    lane: Literal["A", "B", "O"]
    kind: Literal["animation", "still", "words", "procedural"]
    concepts: tuple[str, ...] = ()  # subject ids of text/world.py the work depicts
    opted_out: bool = False
    notice: str = ""
