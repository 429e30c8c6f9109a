"""AdamW over one model, as one thing to step, save and resume.

Muon was tried and let go: see docs/log.md, 2026-11-23.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

LEARNING_RATE = 8e-4
DECAY = 0.01


class Optimiser:
    """AdamW (Loshchilov and Hutter 2017); matrices decay, everything else does not."""

    def __init__(self, model: nn.Module, rate: float = LEARNING_RATE) -> None:
        self.named = dict(model.named_parameters())
        self.rate = rate
        matrices = [p for n, p in self.named.items() if p.ndim == 2 and n.endswith("weight")]
        others = [p for n, p in self.named.items() if not (p.ndim == 2 and n.endswith("weight"))]
        groups = [{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
        self.part = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95))

    def step(self, share: float) -> None:
        """One update at ``share`` of the full learning rate; gradients are clipped to norm 1 and then cleared."""
        nn.utils.clip_grad_norm_(list(self.named.values()), 1.0)
        for group in self.part.param_groups:
            group["lr"] = self.rate * share
        self.part.step()
        self.part.zero_grad(set_to_none=False)  # gradients may lie in shared memory

    def tensors(self) -> dict[str, Tensor]:
        """The moments by parameter name, for a checkpoint."""
        return dict(self._state())

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for name, parameter in self.named.items():
            for key, value in self.part.state.get(parameter, {}).items():
                yield f"{name}:{key}", value

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes moments back; parameters that are new start without."""
        for name, parameter in self.named.items():
            state = {key.split(":")[1]: value for key, value in tensors.items() if key.split(":")[0] == name}
            if state:
                self.part.state[parameter] = state
