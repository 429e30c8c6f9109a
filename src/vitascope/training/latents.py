"""``python -m vitascope.training.latents``: clips as latents, rendered and encoded on one device.

The same shards in the same folders as ``cache.py`` writes. Here a process pool composes, a GPU draws and encodes.
Needs torch, OpenCV, the atlas and, where the codec is learned, its weights; no OpenVINO.
"""

import argparse
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from rich.console import Console
from torch import Tensor

from vitascope.corpus.reels import Reel, composed
from vitascope.corpus.scenes import Composition
from vitascope.errors import TrainingError
from vitascope.models import checkpoint
from vitascope.models.codec import ConvNet
from vitascope.rights.uses import LEARNS, Use
from vitascope.text.words import edition_of
from vitascope.training import snapshot, states
from vitascope.training.cache import covered_rows, look_pictures, store, store_looks, told
from vitascope.training.data import folder
from vitascope.training.footage import Drawn, Studio, as_signal
from vitascope.training.lapping import Lapping
from vitascope.training.plainly import plainly
from vitascope.training.precision import autocast
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import CodecPreset, ConvPreset, LappedPreset, Pixels, Preset, viewed

TRAIN = 11
"""Seed of the clips that are learned from; the codec was measured on others."""

TOGETHER = 1056
"""Frames that are drawn and encoded at once."""


def codec_of(preset: Preset, path: Path | None, device: torch.device) -> ConvNet:
    """The learned codec of a run's state (its average), or of weights that ship. Raises TrainingError for neither."""
    if not isinstance(preset.codec, ConvPreset) or path is None:
        raise TrainingError(f"The codec of {preset.name} is {preset.codec.kind}; one that is learned needs --codec.")
    net = ConvNet(preset.codec).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types it for tensors alone
    net.load_state_dict(codec_tensors(preset, path), strict=True)
    return net.eval().requires_grad_(requires_grad=False)


def codec_tensors(preset: Preset, path: Path) -> dict[str, Tensor]:
    """The weights of a codec by name, from a run's state or from weights that ship."""
    if path.name == "codec.safetensors":
        return checkpoint.under("average", states.read(path, preset)[0])
    return checkpoint.under("codec", states.shipped(path, preset))


Encode = Callable[[Tensor], Tensor]
"""Pixels ``(B, T, H, W, 3)`` uint8 to rows ``(B, K, N, D)``."""


def encoder(preset: Preset, path: Path | None, device: torch.device, size: tuple[int, int]) -> Encode:
    """The codec of a preset on a device, for clips of one size; ``path`` names weights where it is learned.

    Raises TrainingError as :func:`codec_of` does.
    """
    if isinstance(preset.codec, LappedPreset):
        return Lapping(preset.codec, size).to(device)
    net = codec_of(preset, path, device)
    return lambda pixels: net.encode(as_signal(pixels)).flatten(3).transpose(2, 3)


@torch.inference_mode()
def encoded(encode: Encode, pixels_BTHWC: Tensor) -> npt.NDArray[np.float16]:
    """Clips as rows, ``(B, K, N, D)``."""
    with autocast(pixels_BTHWC.device.type, enabled=not isinstance(encode, Lapping)):
        rows: npt.NDArray[np.float16] = encode(pixels_BTHWC).half().cpu().numpy()
    return rows


def write_shard(
    encode: Encode, codec: CodecPreset, batches: Iterator[Drawn], where: Path, number: int, clips: int
) -> None:
    """Takes ``clips`` clips from the batches and stores them as one shard."""
    rows: list[npt.NDArray[np.float16]] = []
    spoken: list[npt.NDArray[np.uint8]] = []
    look: list[int] = []
    shares: list[Pixels] = []
    while len(look) < clips:
        drawn = next(batches)
        rows.append(encoded(encode, drawn.pixels))
        shares.append(covered_rows(drawn.covered.cpu().numpy(), codec))
        for composition in drawn.compositions:
            said, picture = told(composition)
            spoken.append(said)
            look.append(picture)
    parts: dict[str, npt.NDArray[np.generic]] = {
        "rows": np.concatenate(rows),
        "words": np.stack(spoken),
        "look": np.array(look, np.int16),
        "covered": np.concatenate(shares),
    }
    store(where, number, {name: part[:clips] for name, part in parts.items()})


def shard_of(reel: Reel, number: int, clips: int, looks: frozenset[tuple[str, str]]) -> Iterator[Composition]:
    """The compositions of a shard, drawn or not."""
    size = min(TOGETHER // reel.frames, clips)
    batches = -(-clips // size)
    whole = (composed(reel, n, size, looks) for n in range(number * batches, (number + 1) * batches))
    return islice(chain.from_iterable(whole), clips)


def fill(asked: argparse.Namespace, speak: Callable[[str], None]) -> None:
    """Stamps the cache, stores the looks, and writes the shards that are not there yet."""
    native, device = preset_of(asked.preset), torch.device(asked.device)
    preset = viewed(native, asked.view)
    encode = encoder(native, asked.codec, device, preset.size)
    atlas, edition = snapshot.opened(native, asked.use, asked.codec), edition_of(native.vocabulary_sha256)
    where = folder(native, asked.frames, asked.view)
    missing = [n for n in range(asked.shards) if not (where / f"rows-{n:04}.npy").exists()]
    reel = Reel(seed=TRAIN, frames=asked.frames, fps=preset.fps, size=preset.size, edition=edition, placed=asked.placed)
    with Studio(atlas, device, asked.processes) as studio:
        pictures = (torch.from_numpy(one)[None].to(device) for one in look_pictures(atlas, native))
        native_size = encoder(native, asked.codec, device, native.size)
        looks = np.stack([encoded(native_size, picture)[0, 0] for picture in pictures])
        store_looks(snapshot.where(native), looks)
        size = min(TOGETHER // asked.frames, asked.clips)
        for number in missing:
            first = number * -(-asked.clips // size)
            write_shard(encode, native.codec, studio.batches(reel, size, first), where, number, asked.clips)
            speak(f"shard {number + 1} of {asked.shards}: {asked.clips} clips of {asked.frames} frames")


def main() -> None:
    """Parses and fills the cache; what goes wrong is said in a sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument(
        "--codec", type=Path, help="where it is learned: a run's codec.safetensors, or weights that ship"
    )
    parser.add_argument("--frames", type=int, default=33, help="1: stills, in a folder of their own")
    parser.add_argument("--placed", action="store_true", help="clips in which nothing travels, in place of the usual")
    parser.add_argument("--view", type=int, default=0, help="which further shape of the preset; 0 is its own")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--clips", type=int, default=1024)
    parser.add_argument("--for", dest="use", default=Use.TRAIN, type=Use, choices=sorted(LEARNS), help="what is asked")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--processes", type=int, default=0)
    asked, console = parser.parse_args(), Console(stderr=True)
    fill(asked, console.print)


if __name__ == "__main__":
    plainly(main)
