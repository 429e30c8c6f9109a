"""AdamW over one model, as one thing to step, save and resume.

Muon was tried and let go: see docs/log.md, 2026-11-23.
"""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

LEARNING_RATE = 8e-4
DECAY = 0.01
MEMORY = 0.95
"""How much of the mean of squared gradients stays at each step."""

WORDS_FASTER = 10.0
"""How much faster the word table learns. Its rows are as long as a unit vector is and each is met in one clip of sixty:
at the common rate they stay where chance put them, and every thing must be learned by heart instead of as a mixture of
shapes and colours that others have too."""


class Optimiser:
    """AdamW (Loshchilov and Hutter 2017); matrices decay, everything else does not."""

    def __init__(self, model: nn.Module, rate: float = LEARNING_RATE, memory: float = MEMORY) -> None:
        """``memory`` is how much of the mean of squared gradients stays at each step (AdamW's second beta)."""
        self.named = {name: p for name, p in model.named_parameters() if p.requires_grad}
        self.rate = rate
        words = [p for n, p in self.named.items() if n == "text.token.weight"]
        matrices = [p for n, p in self.named.items() if _is_matrix(n, p)]
        others = [p for n, p in self.named.items() if not _is_matrix(n, p) and n != "text.token.weight"]
        groups = [
            {"params": matrices, "weight_decay": DECAY, "factor": 1.0},
            {"params": others, "weight_decay": 0.0, "factor": 1.0},
            {"params": words, "weight_decay": 0.0, "factor": WORDS_FASTER},
        ]
        self.part = torch.optim.AdamW(groups, lr=rate, betas=(0.9, memory))

    def step(self, share: float) -> None:
        """One update at ``share`` of the full learning rate; gradients are clipped to norm 1 and then cleared."""
        nn.utils.clip_grad_norm_(list(self.named.values()), 1.0)
        for group in self.part.param_groups:
            group["lr"] = self.rate * share * group["factor"]
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
        """Takes moments back, to wherever the parameters are now; parameters that are new start without."""
        for name, parameter in self.named.items():
            state = {key.split(":")[1]: value for key, value in tensors.items() if key.split(":")[0] == name}
            if state:
                self.part.state[parameter] = {key: _placed(key, value, parameter) for key, value in state.items()}


def _placed(key: str, value: Tensor, parameter: nn.Parameter) -> Tensor:
    """A moment beside its parameter; the count of steps stays on the CPU, where AdamW reads it."""
    return value.cpu() if key == "step" else value.to(parameter.device)


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    return parameter.ndim == 2 and name.endswith("weight") and name != "text.token.weight"
