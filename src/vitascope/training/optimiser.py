"""Muon for the matrices inside the blocks, AdamW for everything else, as one thing to step, save and resume.

Muon (Jordan et al. 2024) orthogonalises the momentum of a matrix; with the learning rate matched to AdamW's root mean
square (Liu et al. 2025, 2502.16982) one schedule serves both.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

LEARNING_RATE = 1.5e-3
INNER = 2.0
"""How much faster the matrices inside the blocks learn: orthogonalised steps stay stable where AdamW's do not."""

DECAY = 0.02


class Optimiser:
    """Both optimisers over one model."""

    def __init__(self, model: nn.Module, rate: float = LEARNING_RATE) -> None:
        inner = {
            n: p for n, p in model.named_parameters() if ".blocks." in f".{n}" and p.ndim == 2 and "table" not in n
        }
        outer = {n: p for n, p in model.named_parameters() if n not in inner}
        self.named = {**inner, **outer}
        self.rate = rate
        self.parts: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(inner.values(), lr=rate, weight_decay=DECAY, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(outer.values(), lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
        )

    def step(self, share: float) -> None:
        """One update at ``share`` of the full learning rate; gradients are clipped to norm 1 and then cleared."""
        nn.utils.clip_grad_norm_(list(self.named.values()), 1.0)
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = self.rate * share * (INNER if part is self.parts[0] else 1.0)
            part.step()
            part.zero_grad(set_to_none=True)

    def tensors(self) -> dict[str, Tensor]:
        """The momenta by parameter name, for a checkpoint."""
        return dict(self._state())

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.named.items():
            for part in self.parts:
                for key, value in part.state.get(parameter, {}).items():
                    yield f"{name}:{key}", value if isinstance(value, Tensor) else torch.tensor(value)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes momenta back; parameters that are new start without."""
        for part in self.parts:
            for group in part.param_groups:
                for parameter in group["params"]:
                    name = next(n for n, p in self.named.items() if p is parameter)
                    state = {k.split(":")[1]: v for k, v in tensors.items() if k.split(":")[0] == name}
                    if state:
                        part.state[parameter] = state
