"""What our engine is measured against: the same network in torch, a diffusers pipeline as costly, and the matrix peak.

The pipeline is LTX's (2501.00103), of diffusers' own classes: random weights, and the shape that costs what ours does,
counted and not guessed (``shape_for``). What it shows is noise; what it costs is what a clip of that arithmetic costs
there.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import diffusers
import torch
from torch.utils.flop_counter import FlopCounterMode

from vitascope.backends.animation import Animation
from vitascope.backends.choose import SHIPPED, open_backend
from vitascope.backends.codec import Codec
from vitascope.backends.native import NativeBackend
from vitascope.backends.torch import TorchMatte, TorchRuntime
from vitascope.backends.weights import load, load_preset
from vitascope.bench.engine import COMPILED, PEAK, RIVAL, SECONDS, SEED, BackendEngine, Engine, Facts
from vitascope.types import ConvPreset, Floats, Preset

HEAD = 64
TEXT_ROWS, TEXT_WIDTH = 32, 512
"""Of the prompt that the rival is handed already encoded; ours is read in each clip."""

CHANNELS, STRIDE = 128, (8, 32)
"""Of LTX's latents, and how many frames and pixels become one."""

SIDES = (1024, 1536, 2048)
"""Of the square matrices multiplied for the peak; the fastest counts."""

TRIES = 12

DECODERS = 8
"""Channels by which one decoder that a rival may have is wider than the next."""

ROOM = 1.1
"""Times as many operations as ours that a rival may cost: with more the comparison says less about the engines."""


def opened(name: str, model: str, *, threads: int, flops: float, prompt: str) -> Engine:
    """The rival of that name, in bfloat16 where the CPU multiplies it in hardware, else float32."""
    begin = time.perf_counter()
    torch.set_num_threads(threads)
    diffusers.logging.set_verbosity_error()
    dtype = torch.bfloat16 if _has_bf16() else torch.float32
    if name == PEAK:
        return MatrixPeak(dtype)
    if name == RIVAL:
        return Rival(load_preset(SHIPPED / f"{model}.json"), flops, dtype)
    preset, weights = load(SHIPPED / f"{model}.json")
    runtime = TorchRuntime(preset, weights, dtype=dtype, fuse=name == COMPILED)
    backend = NativeBackend(runtime, _codec(model, preset), animation=_animation(preset, weights, dtype))
    facts = Facts(name=name, version=torch.__version__, dtype=_short(dtype), threads=threads,
                  opening_seconds=time.perf_counter() - begin)  # fmt: skip
    engine = BackendEngine(backend, facts, prompt)
    if name == COMPILED:  # the counter sees no operation of a compiled graph
        return engine
    return BackendEngine(backend, replace(facts, flops=counted(engine.once)), prompt)


def _codec(model: str, preset: Preset) -> Codec | None:
    """A learned codec is ours here, too: what is compared is the network; and its operations are not counted."""
    backend = open_backend(model) if isinstance(preset.codec, ConvPreset) else None
    return backend.codec if isinstance(backend, NativeBackend) else None


def _animation(preset: Preset, weights: Mapping[str, Floats], dtype: torch.dtype) -> Animation | None:
    """What moves things, with its network in torch, too."""
    if preset.animator is None:
        return None
    return Animation(weights, TorchMatte(preset.animator, weights, dtype=dtype), preset.animator.side, preset.alive)


def counted(work: Callable[[], object]) -> float:
    """Floating-point operations of the matrix products, convolutions and attention that torch does in ``work``."""
    on_cpu = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention}  # noqa: SLF001  # its only name
    with FlopCounterMode(display=False, custom_mapping=on_cpu) as counter:
        work()
    return float(counter.get_total_flops())


def _attention(query: torch.Size, key: torch.Size, value: torch.Size, *_: object, **_beside: object) -> int:
    """Operations of attention by the kernel that CPUs take, which torch's counter does not know."""
    batch, heads, rows, width = query
    return 2 * batch * heads * rows * key[-2] * (width + value[-1])


class MatrixPeak:
    """Large matrices multiplied: the most operations a second this CPU gives to anyone. A clip here is one product."""

    def __init__(self, dtype: torch.dtype) -> None:
        self.dtype, self.best = dtype, 0.0

    def once(self) -> float:
        """One round over all sizes; returns the operations a second of the fastest product so far."""
        for side in SIDES:
            one, other = (torch.randn(side, side).to(self.dtype) for _ in range(2))
            for _ in range(TRIES):
                begin = time.perf_counter()
                torch.mm(one, other)
                self.best = max(self.best, 2 * side**3 / (time.perf_counter() - begin))
        return self.best

    def facts(self) -> Facts:
        """See :class:`vitascope.bench.engine.Engine`."""
        return Facts(name=PEAK, version=torch.__version__, dtype=_short(self.dtype), threads=torch.get_num_threads(),
                     opening_seconds=0.0)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What is free about a rival, and the operations of its clip."""

    width: int
    layers: int
    decoder: int  # its widest block
    flops: float


def shape_for(flops: float, preset: Preset) -> Shape:
    """The cheapest rival of our width that costs no less than ``flops``; a narrower one where that costs too much.

    Where none comes within a tenth of ``flops``, the cheapest of all.
    """
    widths = range(preset.net.width // HEAD * HEAD, 0, -HEAD)
    decoders = {wide: _decoding(preset, wide) for wide in range(DECODERS, preset.net.width // 4 + 1, DECODERS)}
    found = []
    for width in widths:
        found.append(min(_shapes(flops, preset, width, decoders), key=lambda shape: shape.flops))
        if found[-1].flops <= ROOM * flops:
            return found[-1]
    return min(found, key=lambda shape: shape.flops)


def _shapes(flops: float, preset: Preset, width: int, decoders: Mapping[int, float]) -> Iterator[Shape]:
    """With each decoder the fewest layers that bring it to ``flops``."""
    one, two = (_denoising(preset, width, layers) for layers in (1, 2))
    for decoder, decoding in decoders.items():
        layers = max(1, 1 + math.ceil((flops - decoding - one) / (two - one)))
        total = decoding + one + (layers - 1) * (two - one)
        yield Shape(width=width, layers=layers, decoder=decoder, flops=total)


def _denoising(preset: Preset, width: int, layers: int) -> float:
    """Operations of all steps, counted on shapes alone: no number is multiplied."""
    branches = 2 if preset.sampler.guidance > 1 else 1
    with torch.device("meta"), torch.no_grad():
        net, (frames, height, width_) = _transformer(width, layers), _latents(preset)
        once = counted(
            lambda: net(
                hidden_states=torch.empty(branches, frames * height * width_, CHANNELS),
                encoder_hidden_states=torch.empty(branches, TEXT_ROWS, TEXT_WIDTH),
                encoder_attention_mask=torch.ones(branches, TEXT_ROWS), timestep=torch.empty(branches),
                num_frames=frames, height=height, width=width_, rope_interpolation_scale=(1.0, 1.0, 1.0),
            )
        )  # fmt: skip
    return preset.sampler.steps * once


def _decoding(preset: Preset, width: int) -> float:
    """Operations of the decoder, counted in the same way."""
    with torch.device("meta"), torch.no_grad():
        decoder = _vae(width).get_submodule("decoder")
        return counted(lambda: decoder(torch.empty(1, CHANNELS, *_latents(preset))))


def _frames(preset: Preset) -> int:
    return next(n for n in preset.frames if n >= SECONDS * preset.fps)


def _latents(preset: Preset) -> tuple[int, int, int]:
    """Frames, height and width of what LTX's decoder is given for our clip."""
    width, height = preset.size
    return (_frames(preset) - 1) // STRIDE[0] + 1, height // STRIDE[1], width // STRIDE[1]


class Rival:
    """An LTX pipeline that makes clips of our size, length, steps and guidance, at what ours cost or just above."""

    def __init__(self, preset: Preset, flops: float, dtype: torch.dtype) -> None:
        self.preset, self.dtype = preset, dtype
        self.shape = shape_for(flops, preset)
        begin = time.perf_counter()
        self._run = self._pipeline()
        self._opened = time.perf_counter() - begin
        self._flops = counted(self._run)

    def once(self) -> float:
        """See :class:`vitascope.bench.engine.Engine`; when its decoder starts is not told."""
        self._run()
        return 0.0

    def facts(self) -> Facts:
        """See :class:`vitascope.bench.engine.Engine`."""
        shape = self.shape
        note = f"LTXPipeline, width {shape.width}, {shape.layers} layers, decoder {shape.decoder} wide, random weights"
        return Facts(name=RIVAL, version=diffusers.__version__, dtype=_short(self.dtype), note=note,
                     threads=torch.get_num_threads(), opening_seconds=self._opened, flops=self._flops)  # fmt: skip

    def _pipeline(self) -> Callable[[], object]:
        torch.default_generator.manual_seed(SEED)
        pipeline = diffusers.LTXPipeline(
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
            vae=_vae(self.shape.decoder).to(self.dtype),
            text_encoder=None,
            tokenizer=None,
            transformer=_transformer(self.shape.width, self.shape.layers).to(self.dtype),
        )
        pipeline.set_progress_bar_config(disable=True)
        prompt = torch.randn(1, TEXT_ROWS, TEXT_WIDTH).to(self.dtype)
        heard = torch.ones(1, TEXT_ROWS, dtype=torch.long)
        width, height = self.preset.size
        return lambda: pipeline(
            prompt_embeds=prompt, prompt_attention_mask=heard, negative_prompt_embeds=prompt,
            negative_prompt_attention_mask=heard, width=width, height=height, num_frames=_frames(self.preset),
            frame_rate=self.preset.fps, num_inference_steps=self.preset.sampler.steps,
            guidance_scale=self.preset.sampler.guidance, output_type="np",
        )  # fmt: skip


def _transformer(width: int, layers: int) -> torch.nn.Module:
    net: torch.nn.Module = diffusers.LTXVideoTransformer3DModel(
        num_attention_heads=width // HEAD, attention_head_dim=HEAD, cross_attention_dim=width, num_layers=layers,
        caption_channels=TEXT_WIDTH,
    )  # fmt: skip
    return net.eval()


def _vae(width: int) -> torch.nn.Module:
    """A decoder of LTX's kind: 32 pixels and 8 frames to a latent."""
    widths = (width // 2, width // 2, width, width)
    vae: torch.nn.Module = diffusers.AutoencoderKLLTXVideo(
        block_out_channels=widths, decoder_block_out_channels=widths, layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
    )  # fmt: skip
    return vae.eval()


def _has_bf16() -> bool:
    """Whether oneDNN multiplies bfloat16 in hardware here: told by torch, as OpenVINO tells it to our engine."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())  # noqa: SLF001  # torch offers no other way to ask


def _short(dtype: torch.dtype) -> str:
    return {torch.bfloat16: "bf16", torch.float32: "f32"}[dtype]
