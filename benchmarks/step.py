"""A training step of SRGAN and ESRGAN in our loop against the same nets in a plain eager loop, and in bf16.

    python benchmarks/step.py [--steps 3] [--repeats 5] [--threads 1]

Batch 2, 32x32 to 128x128, both sides of the game, without features. Steps of all loops take turns, and each figure is
the ratio of the medians of CPU time: stable on a busy machine. The losses that both loops reach must agree.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import time
from collections.abc import Callable

import torch
from lightning_fabric import Fabric
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, l1_loss
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.enhancement.precision import has_fast_bf16
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.pixel import l1
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srresnet import SRGANDiscriminator, SRResNet
from ganvas.nets.vgg_discriminator import VGGDiscriminator
from ganvas.objectives.restoration import Restoration
from ganvas.training.loop import play

WEIGHT = 1e-3

Step = Callable[[], float]
"""Plays one round and returns what the generator paid."""


class Same:
    """The same batch again and again, so that only the steps are measured."""

    position = 0

    def __init__(self, layout: torch.memory_format) -> None:
        random = torch.Generator().manual_seed(0)
        low, high = (torch.rand(2, 3, side, side, generator=random) for side in (32, 128))
        self.batch = Pairs(low.to(memory_format=layout), high.to(memory_format=layout))

    def __next__(self) -> Pairs:
        return self.batch

    def share(self, rank: int, world: int) -> None: ...


def ours(generator: nn.Module, judge: nn.Module, precision: str, layout: torch.memory_format) -> Step:
    game = Restoration(generator, judge, {"pixel": (1.0, l1)}, NonSaturating(), WEIGHT)
    for net in (generator, judge):
        net.to(memory_format=layout)  # pyright: ignore[reportCallIssue] (left out of the stub)
    adams = [Adam(net.parameters(), lr=1e-4) for net in (generator, judge)]
    stage = Stage("game", 1, Same(layout), versus(game, (generator, adams[0]), (judge, adams[1])))
    fabric = Fabric(accelerator="cpu", devices=1, precision="bf16-mixed" if precision == "bf16" else "32-true")
    return lambda: sum(play(stage, fabric)["generator"].values())


def plain(generator: nn.Module, judge: nn.Module) -> Step:
    """As tutorials write it: the fake is made once, and detached for the discriminator."""
    low, high = Same(torch.contiguous_format).batch
    first, second = Adam(generator.parameters(), lr=1e-4), Adam(judge.parameters(), lr=1e-4)

    def step() -> float:
        fake = generator(low)
        logits = judge(fake)
        paid = l1_loss(fake, high) + WEIGHT * binary_cross_entropy_with_logits(logits, torch.ones_like(logits))
        first.zero_grad()
        paid.backward()
        first.step()
        real, made = judge(high), judge(fake.detach())
        cost = binary_cross_entropy_with_logits(real, torch.ones_like(real))
        cost = cost + binary_cross_entropy_with_logits(made, torch.zeros_like(made))
        second.zero_grad()
        cost.backward()
        second.step()
        return paid.item()

    return step


def systems() -> dict[str, tuple[nn.Module, nn.Module]]:
    torch.manual_seed(0)
    return {
        "SRGAN": (SRResNet(), SRGANDiscriminator(128)),
        "ESRGAN": (RRDBNet(), VGGDiscriminator(128)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    sys.stdout.write(f"{torch.backends.cpu.get_cpu_capability()}, fast bf16: {has_fast_bf16()}\n")
    for name, nets in systems().items():
        loops = {"plain": plain(*copy.deepcopy(nets))}
        for precision in ("fp32", "bf16") if has_fast_bf16() else ("fp32",):
            for layout in (torch.contiguous_format, torch.channels_last):
                called = f"{precision} {'channels-last' if layout == torch.channels_last else 'contiguous'}"
                loops[called] = ours(*copy.deepcopy(nets), precision, layout)
        seconds: dict[str, list[float]] = {called: [] for called in loops}
        paid = dict[str, float]()
        for _ in range(arguments.repeats):
            for called, step in loops.items():
                start = time.process_time()
                for _ in range(arguments.steps):
                    paid[called] = step()
                seconds[called].append((time.process_time() - start) / arguments.steps)
        base = statistics.median(seconds["plain"])
        for called, times in seconds.items():
            middle = statistics.median(times)
            sys.stdout.write(
                f"{name:7} {called:20} {1000 * middle:8.0f} ms CPU a step, {base / middle:5.2f} times as fast, "
                f"generator pays {paid[called]:.5f} after {arguments.steps * arguments.repeats} steps\n"
            )


if __name__ == "__main__":
    main()
