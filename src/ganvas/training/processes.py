"""Where a stage is played: one device, or several processes that hold the same nets and share each batch.

They are processes of this machine, or of several: those that ``torchrun`` has started.

Gradients are averaged here, after the backward pass, instead of wrapping the nets in DistributedDataParallel: a wrapped
net may only be used through its wrapper and only once a backward pass, which the games (penalties, unrolling, judges
with a bound condition) do not keep to.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ganvas.errors import GanvasError
from ganvas.game import Stage, Terms

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class ProcessesError(GanvasError):
    """Processes that cannot play together; the message is one sentence."""


class LostError(ProcessesError):
    """Another process has ended, so that this one cannot go on either."""


def here_and_machines(processes: int) -> tuple[int, int]:
    """How many processes there are on this machine, and how many machines: what ``torchrun`` has started, or else
    ``processes`` on one machine.
    """
    if not torch.distributed.is_torchelastic_launched():
        return processes, 1
    here, everywhere = int(os.environ["LOCAL_WORLD_SIZE"]), int(os.environ["WORLD_SIZE"])
    if processes not in (1, everywhere):
        raise ProcessesError(f"torchrun has started {everywhere} processes, not {processes}: leave out --processes")
    if everywhere % here:
        raise ProcessesError("the machines have unequal numbers of processes: give all the same --nproc-per-node")
    return here, everywhere // here


def is_first() -> bool:
    """Whether this is the process that writes, which it is where it is the only one."""
    own = "RANK" if torch.distributed.is_torchelastic_launched() else "LOCAL_RANK"
    return os.environ.get(own, "0") == "0"


@contextmanager
def together() -> Generator[None]:
    """What fails within, in whichever process, is told once: by the first that fails. The others end silently."""
    try:
        yield
    except (GanvasError, RuntimeError) as error:
        if not _several():
            raise
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # torchrun ends those that are left: not before this is told
        if _is_first_to_fail(error):
            raise
        raise SystemExit(1) from None


def _several() -> bool:
    return torch.distributed.is_torchelastic_launched() or torch.distributed.is_initialized()


def _is_first_to_fail(error: Exception) -> bool:
    """Counted where the processes meet. Gone, as after the end of the process that kept it, it has been told there."""
    place, port = os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"])
    try:
        store = torch.distributed.TCPStore(
            place, port, is_master=False, wait_for_workers=False, timeout=timedelta(seconds=5)
        )
        return store.add(f"ganvas failed {os.environ.get('TORCHELASTIC_RESTART_COUNT', 0)}", 1) == 1
    except RuntimeError:
        return not isinstance(error, LostError)


def seat(stage: Stage[Any], fabric: Fabric) -> None:
    """Moves the stage's nets to the device; with several processes, all start from the first one's weights, each with
    its share of every batch and chances of its own, as noise would else be the same in every share. In bfloat16 their
    kernels have the channels last, which is how CPUs and GPUs compute fast.
    """
    modules = [player.net for player in stage.players]
    modules += [thing for thing in stage.memory.values() if isinstance(thing, nn.Module)]
    for module in modules:
        module.to(fabric.device)
        if fabric.strategy.precision.precision == "bf16-mixed":
            module.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] (left out of the stub)
    if fabric.world_size == 1:
        return
    for module in modules:
        for tensor in module.state_dict().values():
            tensor.copy_(fabric.broadcast(tensor))
    try:
        stage.data.share(fabric.global_rank, fabric.world_size)
    except ValueError as error:
        raise ProcessesError(f"{error}: give another --set batch or number of processes") from None
    _part(fabric)


def _part(fabric: Fabric) -> None:
    """Gives every process but the first, whose random state is that of one alone, a random state of its own."""
    with torch.random.fork_rng(devices=[]):
        seed = int(torch.randint(2**62, ()))
    if fabric.global_rank:
        torch.manual_seed(seed + fabric.global_rank)


def rejoin(fabric: Fabric) -> None:
    """Gives all processes the random state of the first, so that what a recipe builds next is the same in all."""
    if fabric.world_size > 1:
        torch.set_rng_state(fabric.broadcast(torch.get_rng_state().to(fabric.device)).cpu())


def check_same_start(fabric: Fabric, start: int) -> None:
    """Raises :class:`ProcessesError` where this process would go on at another round than the first."""
    if fabric.world_size > 1 and fabric.broadcast(start) != start:
        raise ProcessesError("the processes find different snapshots: put --run into a folder that all machines share")


def average_gradients(fabric: Fabric, parameters: Sequence[nn.Parameter]) -> None:
    """Replaces each gradient by its mean over all processes, in one message. One that no process has stays away: an
    optimiser may move a parameter whose gradient is zero, by its weight decay, but not one that has none.
    """
    if fabric.world_size == 1:
        return
    gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    present = torch.tensor([float(p.grad is not None) for p in parameters], device=fabric.device)
    flat = mean(fabric, torch.cat([present, *(gradient.flatten() for gradient in gradients)]))
    held, *parts = flat.split([len(parameters), *(p.numel() for p in parameters)])
    for parameter, part, there in zip(parameters, parts, held.tolist(), strict=True):
        parameter.grad = part.view_as(parameter).clone() if there else None


def mean_over_processes(fabric: Fabric, terms: Terms) -> Mapping[str, float]:
    """The terms as numbers, each the mean over all processes."""
    values = torch.stack([term.detach().float() for term in terms.values()])
    return dict(zip(terms, mean(fabric, values).tolist(), strict=True))


def mean(fabric: Fabric, values: torch.Tensor) -> torch.Tensor:
    """``values`` averaged over all processes. Raises :class:`LostError` where one of them is there no more."""
    if fabric.world_size == 1:
        return values
    try:
        averaged = fabric.all_reduce(values, reduce_op="mean")
    except RuntimeError as error:
        raise LostError(
            "another process of this training has ended: the same command goes on from the latest snapshot"
        ) from error
    assert isinstance(averaged, torch.Tensor)
    return averaged
