"""A training step of Pix2Pix and of CycleGAN in the authors' code and in ours, and ours in bf16.

    python benchmarks/translation.py OFFICIAL [--steps 1] [--repeats 5] [--threads 1] [--systems Pix2Pix CycleGAN]

OFFICIAL is a checkout of https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix of any age, which is copied and mended
(``MENDS``). Batch 1, Pix2Pix of 256x256 pixels, CycleGAN of 128x128 with 9 blocks, one batch again and again. The nets
have as many parameters and begin with the same weights, and what they pay in the first step must agree. Steps take
turns, and each figure is the ratio of the medians of CPU time: stable on a busy machine.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import nn

from ganvas.data.batches import Pairs, Unpaired
from ganvas.enhancement.precision import has_fast_bf16
from ganvas.game import Stage
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import opened
from ganvas.training import train

MENDS = {
    "async=True": "non_blocking=True",  # a keyword since Python 3.7
    "init.normal(": "init.normal_(",
    "init.constant(": "init.constant_(",
    # What was skipped goes after what was made, as in ours, so that the same weights fit both.
    "torch.cat([x, self.model(x)], 1)": "torch.cat([self.model(x), x], 1)",
}

OPTIONS: Mapping[str, Any] = {
    **{"isTrain": True, "gpu_ids": [], "device": torch.device("cpu"), "continue_train": False, "verbose": False},
    **{"checkpoints_dir": ".", "name": "benchmark", "preprocess": "none", "resize_or_crop": "none"},
    **{"direction": "AtoB", "which_direction": "AtoB", "input_nc": 3, "output_nc": 3, "ngf": 64, "ndf": 64},
    **{"netD": "basic", "which_model_netD": "basic", "n_layers_D": 3, "init_type": "normal", "init_gain": 0.02},
    **{"lr": 2e-4, "beta1": 0.5, "lr_policy": "lambda", "epoch_count": 1, "niter": 100, "niter_decay": 100},
}
"""What the authors' options are set to, by their names of today and by those of 2018."""

Terms = Mapping[str, float]

Step = Callable[[], Terms]
"""Plays one round and returns what was paid, by player and term."""


@dataclass(frozen=True)
class System:
    """What makes our recipe and the authors' model the same.

    ``nets`` are the authors' names of the nets of generator and discriminator, in the order of ours, ``paid`` their
    names of our terms. Pix2Pix's adversarial term of the generator is left out: there the authors' discriminator has
    moved already, ours has not.
    """

    recipe: str
    settings: tuple[str, ...]
    side: int
    options: Mapping[str, Any]
    nets: tuple[tuple[str, ...], tuple[str, ...]]
    paid: Mapping[str, str]


SYSTEMS = {
    "Pix2Pix": System(
        "pix2pix",
        ("dropout_from=pytorch",),
        256,
        {"model": "pix2pix", "dataset_mode": "aligned", "netG": "unet_256", "which_model_netG": "unet_256"}
        | {"norm": "batch", "no_dropout": False, "gan_mode": "vanilla", "no_lsgan": True, "pool_size": 0}
        | {"lambda_L1": 100.0, "lambda_A": 100.0},
        (("netG",), ("netD",)),
        {"generator l1": "loss_G_L1", "discriminator adversarial": "loss_D"},
    ),
    "CycleGAN": System(
        "cyclegan",
        ("patch=128",),
        128,
        {"model": "cycle_gan", "dataset_mode": "unaligned", "netG": "resnet_9blocks"}
        | {"which_model_netG": "resnet_9blocks", "norm": "instance", "no_dropout": True, "gan_mode": "lsgan"}
        | {"no_lsgan": False, "pool_size": 50, "lambda_A": 10.0, "lambda_B": 10.0, "lambda_identity": 0.5},
        # The authors name a net after the domain that it reads, a discriminator after the generator that it judges.
        (("netG_B", "netG_A"), ("netD_B", "netD_A")),
        {
            **{"generator adversarial_a": "loss_G_B", "generator adversarial_b": "loss_G_A"},
            **{"generator cycle_a": "loss_cycle_A", "generator cycle_b": "loss_cycle_B"},
            **{"generator identity_a": "loss_idt_B", "generator identity_b": "loss_idt_A"},
            **{"discriminator adversarial_a": "loss_D_B", "discriminator adversarial_b": "loss_D_A"},
        },
    ),
}


class Same:
    """The same batch again and again, so that only the steps are measured."""

    position = 0

    def __init__(self, batch: Pairs | Unpaired) -> None:
        self.batch = batch

    def __next__(self) -> Pairs | Unpaired:
        return self.batch

    def share(self, rank: int, world: int) -> None: ...


def batch_of(system: System) -> Pairs | Unpaired:
    random = torch.Generator().manual_seed(0)
    first, second = torch.rand(2, 1, 3, system.side, system.side, generator=random)
    return Pairs(first, second) if system.recipe == "pix2pix" else Unpaired(first, second)


def stage_of(system: System, folder: Path) -> Stage[Any]:
    """The only stage of our recipe, always with the same weights; ``folder`` holds one picture of each domain."""
    torch.manual_seed(0)
    recipe = resolve(RECIPES, system.recipe, None, system.settings)
    (stage,) = recipe.stages(opened(recipe, folder))
    stage.data = Same(batch_of(system))
    return stage


def ours(stage: Stage[Any], precision: str) -> Step:
    fabric = Fabric(accelerator="cpu", devices=1, precision="bf16-mixed" if precision == "bf16" else "32-true")
    rounds = train([stage], fabric=fabric)

    def step() -> Terms:
        result = next(rounds).result
        return {f"{player} {term}": value for player, terms in result.items() for term, value in terms.items()}

    return step


def official(create: Callable[[Any], Any], system: System, stage: Stage[Any]) -> Step:
    """A step of the authors' model, which begins with the weights of ``stage``."""
    with contextlib.redirect_stdout(io.StringIO()):
        model = create(argparse.Namespace(**OPTIONS, **system.options))
    for player, names in zip(stage.players, system.nets, strict=True):
        adopt([vars(model)[name] for name in names], player.net, f"{system.recipe}'s {player.name}")
    first, second = (2 * image - 1 for image in batch_of(system))

    def step() -> Terms:
        model.set_input({"A": first, "B": second, "A_paths": [], "B_paths": []})
        model.optimize_parameters()
        return {term: vars(model)[name].item() for term, name in system.paid.items()}

    return step


def adopt(nets: list[nn.Module], ours: nn.Module, called: str) -> None:
    """Gives the authors' ``nets`` the weights of ours, in order; SystemExit where they are not the same nets."""
    theirs = [parameter for net in nets for parameter in net.parameters()]
    own = list(ours.parameters())
    if [each.shape for each in theirs] != [each.shape for each in own]:
        counts = " and ".join(f"{sum(each.numel() for each in side):,}" for side in (own, theirs))
        raise SystemExit(f"{called} is not the authors' net: ours and theirs have {counts} parameters")
    sys.stdout.write(f"{called}: {sum(each.numel() for each in own):,} parameters in both\n")
    with torch.no_grad():
        for parameter, weights in zip(theirs, own, strict=True):
            parameter.copy_(weights)


def apart(terms: Terms, reference: Terms) -> float:
    """How far ``terms`` are from ``reference`` at most, in parts of it."""
    return max(abs(terms[name] - value) / abs(value) for name, value in reference.items())


def compare(name: str, loops: Mapping[str, Step], arguments: argparse.Namespace) -> None:
    """Plays the steps of all loops in turns, the first to warm up, and prints a line for each."""
    paid = dict[str, Terms]()
    for called, step in loops.items():
        torch.manual_seed(1)  # the same dropout everywhere
        paid[called] = step()
    seconds: dict[str, list[float]] = {called: [] for called in loops}
    for _ in range(arguments.repeats):
        for called, step in loops.items():
            start = time.process_time()
            for _ in range(arguments.steps):
                step()
            seconds[called].append((time.process_time() - start) / arguments.steps)
    base = statistics.median(seconds["official fp32"])
    for called, times in seconds.items():
        middle, off = statistics.median(times), apart(paid[called], paid["official fp32"])
        sys.stdout.write(
            f"{name:9} {called:14} {1000 * middle:8.0f} ms CPU a step, {base / middle:5.2f} times as fast, "
            f"from {1000 * min(times):.0f} to {1000 * max(times):.0f}, first losses {off:.1g} apart\n"
        )
        if called == "ours fp32" and off > 1e-3:
            raise SystemExit(f"{name}: these are not the same step, they paid {paid}")
    sys.stdout.flush()


def copied(checkout: Path, scratch: Path) -> Callable[[Any], Any]:
    """What makes a model of options, in a mended copy of the authors' code."""
    for package in ("models", "util"):
        if not (checkout / package).is_dir():
            raise SystemExit(f"{checkout} is not the authors' code: there is no folder {package} in it")
        shutil.copytree(checkout / package, scratch / package)
    for path in scratch.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for old, new in MENDS.items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(scratch))
    return importlib.import_module("models").create_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("official", type=Path)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    sys.stdout.write(f"{torch.backends.cpu.get_cpu_capability()}, fast bf16: {has_fast_bf16()}\n")
    if not has_fast_bf16():
        sys.stdout.write("bf16 is left out: this CPU would only emulate it\n")
    with tempfile.TemporaryDirectory() as scratch:
        create = copied(arguments.official, Path(scratch))
        for domain in ("A", "B"):
            (Path(scratch) / "pictures" / domain).mkdir(parents=True)
            Image.new("RGB", (8, 8)).save(Path(scratch) / "pictures" / domain / "1.png")
        for name in arguments.systems:
            stages = {
                precision: stage_of(SYSTEMS[name], Path(scratch) / "pictures")
                for precision in (("fp32", "bf16") if has_fast_bf16() else ("fp32",))
            }
            loops = {"official fp32": official(create, SYSTEMS[name], stages["fp32"])}
            loops |= {f"ours {precision}": ours(stage, precision) for precision, stage in stages.items()}
            compare(name, loops, arguments)


if __name__ == "__main__":
    main()
