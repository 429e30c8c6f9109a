"""The torch runtime: for GPUs, for training previews, and as the twin the default runtime is tested against."""

from collections.abc import Mapping
from threading import Lock

import numpy as np
import torch
from torch import Tensor

from vitascope.backends import channels
from vitascope.backends.base import Rows, Text
from vitascope.backends.rows import groups, word_seconds
from vitascope.models.animator import Matte
from vitascope.models.layers import frequencies
from vitascope.models.packed import Packed, Said
from vitascope.models.transformer import Transformer
from vitascope.types import AnimatorPreset, Floats, Integers, Preset

BESIDE = ("codec.", "animator.")
"""Arrays of a checkpoint that are of other networks than the transformer."""


class TorchRuntime:
    """Carries a checkpoint's network in torch. Weights are float32 arrays by parameter name.

    ``dtype`` is what it computes in. ``fuse`` compiles the denoiser as one graph, half a minute at the first call of
    a shape.
    """

    def __init__(
        self,
        preset: Preset,
        weights: Mapping[str, Floats],
        device: str = "cpu",
        *,
        dtype: torch.dtype = torch.float32,
        fuse: bool = False,
    ) -> None:
        self.preset, self.device, self.dtype = preset, torch.device(device), dtype
        self.net = Transformer(preset)
        mine = {name: array for name, array in weights.items() if not name.startswith(BESIDE)}
        self.net.load_state_dict({name: torch.from_numpy(array) for name, array in mine.items()}, strict=True)
        self.net.eval().to(self.device, dtype)
        self.net.frequencies = frequencies().to(self.device)  # in bfloat16 the fastest would turn the wrong way
        self._mean, self._spread = weights["mean"], weights["spread"]
        self._denoise = torch.compile(self.net.denoise, dynamic=False) if fuse else self.net.denoise

    @property
    def name(self) -> str:
        """See :class:`vitascope.backends.base.Runtime`."""
        return f"torch {torch.__version__} {self.device} {self.dtype}"

    @torch.inference_mode()
    def read(self, words: Mapping[str, Integers], seconds: float) -> Text:
        """See :class:`vitascope.backends.base.Runtime`."""
        table = np.stack([words[name] for name in ("token", "role", "entity", "segment")])
        rows, pooled = self.net.text(torch.from_numpy(table).long().to(self.device))
        return Text(rows_BWE=_array(rows), pooled_BE=_array(pooled), time_BW=word_seconds(words["segment"], seconds))

    @torch.inference_mode()
    def denoise(self, text: Text, rows: Rows) -> Floats:
        """See :class:`vitascope.backends.base.Runtime`."""
        levels, targets, group_N = groups(rows)
        mean_D, spread_D = self._mean, self._spread
        branches = len(text.rows_BWE)

        def spread(array: Floats | Integers) -> Tensor:
            return torch.from_numpy(array).to(self.device).expand(branches, *array.shape)

        packed = Packed(
            z_BND=spread(channels.evened(rows.z_ND, rows.t_N[:, None], mean_D, spread_D)).to(self.dtype),
            level_BK=spread(levels),
            target_BK=spread(targets),
            group_BN=spread(group_N).long(),
            place_BN3=spread(rows.position_N3),
            tag_BN=spread(rows.tag_N).long(),
        )
        said = Said(
            rows_BWE=torch.from_numpy(text.rows_BWE).to(self.device, self.dtype),
            pooled_BE=torch.from_numpy(text.pooled_BE).to(self.device, self.dtype),
            seconds_BW=torch.from_numpy(text.time_BW).to(self.device),
        )
        return channels.restored(_array(self._denoise(packed, said)), mean_D, spread_D)


class TorchMatte:
    """The matte network in torch: what backends/matte_graph.py is, for GPUs and for comparison.

    Looks at one call's pictures at a time: two on the threads of one took 693 ms for 33 pictures, one by one 606.
    """

    def __init__(
        self, preset: AnimatorPreset, weights: Mapping[str, Floats], device: str = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> None:  # fmt: skip
        self.device, self.dtype = torch.device(device), dtype
        self.net, prefix = Matte(preset.widths), "animator.matte."
        mine = {name.removeprefix(prefix): a for name, a in weights.items() if name.startswith(prefix)}
        self.net.load_state_dict({name: torch.from_numpy(array) for name, array in mine.items()}, strict=True)
        self.net.eval().to(self.device, dtype)
        self._looking = Lock()

    @torch.inference_mode()
    def __call__(self, pictures_BHWC: Floats) -> Floats:
        """Pictures in 0..1 to ``(B, H, W, 5)``."""
        pictures = torch.from_numpy(np.ascontiguousarray(pictures_BHWC.transpose(0, 3, 1, 2)))
        with self._looking:
            return _array(self.net(pictures.to(self.device, self.dtype)).permute(0, 2, 3, 1))


def _array(x: Tensor) -> Floats:
    return np.asarray(x.float().cpu().numpy(), np.float32)
