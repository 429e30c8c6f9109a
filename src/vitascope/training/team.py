"""Processes that share the work of a step: each takes the next portion of the batch until none is left.

Threads of one process meet at the end of every matrix product and wait for the slowest of them; on cores that do
other work too, that made a step five times slower (docs/log.md, 2026-11-23). Processes meet once a step, and one whose
core is busy takes fewer portions. Parameters and gradients lie in shared memory; rank 0 keeps the optimiser.
"""

import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.synchronize import Barrier, Lock

import torch
import torch.multiprocessing
from torch import Tensor

from vitascope.training.objective import Diet, Objective, Portion

PATIENCE = 900.0
"""Seconds a process waits for the others before it gives up; the first step may compile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the processes tell each other. Tensors lie in shared memory."""

    order: Tensor  # (2,) int64: step, diet
    taken: Tensor  # (1,) int64: portions taken of this step
    losses: Tensor  # (portions,) float64
    waited: Tensor  # (portions,) float64 seconds
    lock: Lock
    meet: Barrier


class Team:
    """Rank 0 with its mates. ``portions`` is into how many parts a batch is cut; diets must be divisible by it."""

    def __init__(self, objective: Objective, diets: Sequence[Diet], *, portions: int, mates: int, fuse: bool) -> None:
        self.objective, self.diets, self.portions = objective, tuple(diets), portions
        for network in objective.networks() if mates else ():
            network.share_memory()
        self.parameters = list(objective.model.parameters())
        self.board = _board(portions, mates + 1)
        self.grads = [[_shared(torch.zeros_like(p)) for p in self.parameters] for _ in range(mates)]
        self.mates = [self._mate(rank, grads, fuse=fuse) for rank, grads in enumerate(self.grads, 1)]
        if mates:
            settle(0)
        if fuse:
            objective.fuse()

    def step(self, diet: Diet, number: int) -> Portion:
        """Leaves the gradient of one batch in the parameters; returns its mean loss and the seconds spent waiting."""
        board = self.board
        board.order.copy_(torch.tensor((number, self.diets.index(diet))))
        board.taken.zero_()
        board.meet.wait(PATIENCE)
        _work(self.objective, diet, number, board)
        board.meet.wait(PATIENCE)
        self._gather()
        return Portion(loss=float(board.losses.mean()), waited=float(board.waited.sum()))

    def close(self) -> None:
        """Sends the mates home."""
        for mate in self.mates:
            mate.terminate()
            mate.join()

    def _gather(self) -> None:
        """Adds the mates' gradients to the parameters' own."""
        for parameter in self.parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        for grads in self.grads:
            torch._foreach_add_([p.grad for p in self.parameters if p.grad is not None], grads)
            torch._foreach_zero_(grads)

    def _mate(self, rank: int, grads: list[Tensor], *, fuse: bool) -> SpawnProcess:
        process = torch.multiprocessing.get_context("spawn").Process(
            target=_serve,
            args=(rank, self.objective, self.diets, grads, self.board),
            kwargs={"fuse": fuse},
            daemon=True,
        )
        process.start()
        return process


def _board(portions: int, processes: int) -> Board:
    context: SpawnContext = torch.multiprocessing.get_context("spawn")
    numbers = [_shared(torch.zeros(n, dtype=torch.int64)) for n in (2, 1)]
    figures = [_shared(torch.zeros(portions, dtype=torch.float64)) for _ in range(2)]
    return Board(order=numbers[0], taken=numbers[1], losses=figures[0], waited=figures[1],
                 lock=context.Lock(), meet=context.Barrier(processes))  # fmt: skip


def _shared(tensor: Tensor) -> Tensor:
    there: Tensor = tensor.share_memory_()  # type: ignore[no-untyped-call]  # torch leaves it without annotations
    return there


def _serve(
    rank: int, objective: Objective, diets: tuple[Diet, ...], grads: list[Tensor], board: Board, *, fuse: bool
) -> None:  # fmt: skip
    """A mate's life: it ends with rank 0, whose daemon it is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settle(rank)
    if fuse:
        objective.fuse()
    for parameter, grad in zip(objective.model.parameters(), grads, strict=True):
        parameter.grad = grad
    while True:
        board.meet.wait()
        number, diet = board.order.tolist()
        _work(objective, diets[diet], number, board)
        board.meet.wait(PATIENCE)


def _work(objective: Objective, diet: Diet, number: int, board: Board) -> None:
    for portion in _portions(board):
        gave = objective.gradient(diet, number, portion, len(board.losses))
        board.losses[portion], board.waited[portion] = gave.loss, gave.waited


def _portions(board: Board) -> Iterator[int]:
    while True:
        with board.lock:
            portion = int(board.taken)
            board.taken.add_(1)
        if portion >= len(board.losses):
            return
        yield portion


def settle(rank: int) -> None:
    """Gives this process a core of its own, counted from the last: the first one serves everything else too.

    And one thread: a second would run on a mate's core and be waited for at the end of every matrix product, for 0.11
    TF/s of two cores instead of 0.20.
    """
    torch.set_num_threads(1)
    cores = sorted(os.sched_getaffinity(0), reverse=True)
    os.sched_setaffinity(0, {cores[rank % len(cores)]})
