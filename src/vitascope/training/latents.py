"""``python -m vitascope.training.latents``: clips as latents of a learned codec, rendered and encoded on one device.

What ``cache.py`` is to the lapped codec: the same shards in the same folders. Here a process pool composes, a GPU draws
and encodes; 74 kB a clip of four seconds. Needs torch, OpenCV, the atlas and the codec; no OpenVINO.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from rich.console import Console
from safetensors.numpy import save_file
from torch import Tensor

from vitascope.corpus.atlas import atlas_path
from vitascope.corpus.reels import Reel
from vitascope.errors import TrainingError, VitascopeError
from vitascope.models import checkpoint
from vitascope.models.codec import ConvNet
from vitascope.text.words import edition_of
from vitascope.training import snapshot, states
from vitascope.training.cache import covered_rows, look_pictures, open_atlas, store, told
from vitascope.training.data import folder
from vitascope.training.footage import Drawn, Studio, as_signal
from vitascope.training.presets import NAMES
from vitascope.training.presets import preset as preset_of
from vitascope.types import CodecPreset, ConvPreset, Pixels, Preset, viewed

TRAIN = 11
"""Seed of the clips that are learned from; the codec was measured on others."""

TOGETHER = 32
"""Clips that are drawn and encoded at once."""


def codec_of(preset: Preset, path: Path, device: torch.device) -> ConvNet:
    """The codec of a run's state (its average), or of weights that ship. Raises TrainingError for neither."""
    if not isinstance(preset.codec, ConvPreset):
        raise TrainingError(f"The codec of {preset.name} is {preset.codec.kind}: run vitascope.training.cache instead.")
    net = ConvNet(preset.codec).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch types it for tensors alone
    net.load_state_dict(codec_tensors(preset, path), strict=True)
    return net.eval().requires_grad_(requires_grad=False)


def codec_tensors(preset: Preset, path: Path) -> dict[str, Tensor]:
    """The weights of a codec by name, from a run's state or from weights that ship."""
    if path.name == "codec.safetensors":
        return checkpoint.under("average", states.read(path, preset)[0])
    return checkpoint.under("codec", states.shipped(path, preset))


@torch.inference_mode()
def encoded(net: ConvNet, pixels_BTHWC: Tensor) -> npt.NDArray[np.float16]:
    """Clips as rows, ``(B, K, N, D)``."""
    with torch.autocast(pixels_BTHWC.device.type, torch.bfloat16):
        z_BKDHW = net.encode(as_signal(pixels_BTHWC))
    rows: npt.NDArray[np.float16] = z_BKDHW.flatten(3).transpose(2, 3).half().cpu().numpy()
    return rows


def write_shard(
    net: ConvNet, codec: CodecPreset, batches: Iterator[Drawn], where: Path, number: int, clips: int
) -> None:
    """Takes ``clips`` clips from the batches and stores them as one shard."""
    rows: list[npt.NDArray[np.float16]] = []
    spoken: list[npt.NDArray[np.uint8]] = []
    look: list[int] = []
    shares: list[Pixels] = []
    while len(look) < clips:
        drawn = next(batches)
        rows.append(encoded(net, drawn.pixels))
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


def fill(asked: argparse.Namespace, speak: Callable[[str], None]) -> None:
    """Stamps the cache, stores the looks, and writes the shards that are not there yet."""
    native, device = preset_of(asked.preset), torch.device(asked.device)
    preset = viewed(native, asked.view)
    net = codec_of(native, asked.codec, device)
    edition, register = edition_of(native.vocabulary_sha256), snapshot.register_of(native).sha256()
    snapshot.stamp(native, snapshot.of_corpus(register, atlas_path(edition), asked.codec))
    where = folder(native, asked.frames, asked.view)
    missing = [n for n in range(asked.shards) if not (where / f"rows-{n:04}.npy").exists()]
    reel = Reel(seed=TRAIN, frames=asked.frames, fps=preset.fps, size=preset.size, edition=edition)
    atlas = open_atlas(edition)
    with Studio(atlas, device, asked.processes) as studio:
        pictures = (torch.from_numpy(one)[None].to(device) for one in look_pictures(atlas, native))
        looks = np.stack([encoded(net, picture)[0, 0] for picture in pictures])
        save_file({"looks": looks}, snapshot.where(native) / "looks.safetensors")
        size = min(TOGETHER, asked.clips)
        for number in missing:
            first = number * -(-asked.clips // size)
            write_shard(net, native.codec, studio.batches(reel, size, first), where, number, asked.clips)
            speak(f"shard {number + 1} of {asked.shards}: {asked.clips} clips of {asked.frames} frames")


def main() -> None:
    """Parses and fills the cache; what goes wrong is said in a sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="s", choices=NAMES)
    parser.add_argument("--codec", type=Path, required=True, help="a run's codec.safetensors, or weights that ship")
    parser.add_argument("--frames", type=int, default=33)
    parser.add_argument("--view", type=int, default=0, help="which further shape of the preset; 0 is its own")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--clips", type=int, default=1024)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--processes", type=int, default=0)
    asked, console = parser.parse_args(), Console(stderr=True)
    try:
        fill(asked, console.print)
    except VitascopeError as error:
        console.print(str(error), style="red")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
