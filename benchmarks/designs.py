"""Which light design suits a CPU: equal CPU time to train, equal CPU time to run, then PSNR.

    python benchmarks/designs.py PREPARED EVALUATION_FOLDER --seconds 240 [--optimizer adam] [--only NAME ...]

Each candidate is trained at scale 4 for the same CPU seconds with the same batches, optimiser and one-cycle schedule,
then measured on the Y channel (border = scale) and timed on one thread.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

from ganvas.data.crops import Crops, open_crops
from ganvas.data.pairs import low_high_pairs
from ganvas.images import luma, read, resize
from ganvas.nets.compact import Compact
from ganvas.training.muon import Muon

SCALE = 4


def tail(width: int) -> tuple[nn.Conv2d, nn.Conv2d]:
    """The last and the base convolution of a fresh :class:`Compact`: every candidate starts as bicubic."""
    net = Compact(SCALE, width, 1)
    return net.last, net.base


class Span(nn.Module):
    """SPAN-like (Wan et al. 2024): each block's own features, through a point-symmetric function, weigh its sum."""

    def __init__(self, width: int = 40, blocks: int = 3) -> None:
        super().__init__()

        def block() -> nn.Sequential:
            convs = [nn.Conv2d(width, width, 3, padding=1) for _ in range(3)]
            return nn.Sequential(convs[0], nn.SiLU(), convs[1], nn.SiLU(), convs[2])

        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList(block() for _ in range(blocks))
        self.join = nn.Conv2d(2 * width, width, 1)
        self.last, self.base = tail(width)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        features = x = self.first(low)
        for block in self.blocks:
            y = block(x)
            x = (x + y) * (y.sigmoid() - 0.5)
        return nn.functional.pixel_shuffle(self.last(self.join(torch.cat([features, x], 1))) + self.base(low), SCALE)


class Safmn(nn.Module):
    """SAFMN-like (Sun et al. 2023): features modulated by a pyramid of depth-wise convolutions, then a mixer."""

    def __init__(self, width: int = 36, blocks: int = 8) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.Sequential(*(SafmnBlock(width) for _ in range(blocks)))
        self.last, self.base = tail(width)

    def forward(self, low: torch.Tensor) -> torch.Tensor:
        features = self.first(low)
        return nn.functional.pixel_shuffle(self.last(self.blocks(features) + features) + self.base(low), SCALE)


class SafmnBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        part = width // 4
        self.norms = nn.ModuleList(nn.GroupNorm(1, width) for _ in range(2))
        self.depthwise = nn.ModuleList(nn.Conv2d(part, part, 3, padding=1, groups=part) for _ in range(4))
        self.join = nn.Conv2d(width, width, 1)
        self.mixer = nn.Sequential(nn.Conv2d(width, 2 * width, 3, padding=1), nn.GELU(), nn.Conv2d(2 * width, width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.norms[0](x).chunk(4, dim=1)
        size = x.shape[-2:]
        pooled = [self.depthwise[0](parts[0])]
        for level in (1, 2, 3):
            small = nn.functional.adaptive_max_pool2d(parts[level], [max(1, side // 2**level) for side in size])
            pooled.append(nn.functional.interpolate(self.depthwise[level](small), size=size))
        x = x + nn.functional.gelu(self.join(torch.cat(pooled, 1))) * self.norms[0](x)
        return x + self.mixer(self.norms[1](x))


class Branches(nn.Module):
    """Adds to a 3x3 kernel (out, in, 3, 3) those of three further branches.

    A 1x1 convolution; a 1x1 to ``expansion``·out channels followed by a 3x3; and, where in = out, the identity
    (the expand-and-squeeze, and skip branches of ECBSR, Zhang et al. 2021, section 3.2).
    """

    def __init__(self, kernel: torch.Tensor, expansion: float = 2.0) -> None:
        super().__init__()
        out, into = kernel.shape[:2]
        middle = max(1, round(expansion * out))
        self.pointwise = nn.Parameter(torch.zeros(out, into))
        self.expand = nn.Parameter(torch.randn(middle, into) * into**-0.5)
        self.squeeze = nn.Parameter(torch.randn(out, middle, 3, 3) * 0.1 * (9 * middle) ** -0.5)
        identity = torch.eye(out) if out == into else torch.zeros(out, into)
        self.identity: torch.Tensor
        self.register_buffer("identity", identity)

    def forward(self, kernel: torch.Tensor) -> torch.Tensor:
        expanded = torch.einsum("omhw,mi->oihw", self.squeeze, self.expand)
        centre = nn.functional.pad((self.pointwise + self.identity)[..., None, None], (1, 1, 1, 1))
        return kernel + expanded + centre


def reparameterise(net: nn.Module, expansion: float = 2.0) -> nn.Module:
    """``net``, with every 3x3 convolution given its branches (in place)."""
    for module in list(net.modules()):
        if isinstance(module, nn.Conv2d) and module.kernel_size == (3, 3):
            parametrize.register_parametrization(module, "weight", Branches(module.weight.detach(), expansion))
    return net


def merge(net: nn.Module) -> nn.Module:
    """``net``, with every convolution's branches summed into its one kernel (in place): same outputs, plain net."""
    for module in list(net.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
    return net


CANDIDATES: dict[str, Callable[[], nn.Module]] = {
    "short skips 40x17": lambda: Compact(SCALE, 40, 17),
    "short skips 32x17": lambda: Compact(SCALE, 32, 17),
    "plain 48x9": lambda: Compact(SCALE, 48, 9, block=8),
    "plain 32x9": lambda: Compact(SCALE, 32, 9, block=8),
    "re-parameterised 48x9": lambda: reparameterise(Compact(SCALE, 48, 9, block=8)),
    "re-parameterised 32x9": lambda: reparameterise(Compact(SCALE, 32, 9, block=8)),
    "re-parameterised 64x7": lambda: reparameterise(Compact(SCALE, 64, 7, block=6)),
    "SPAN-like 40x3": Span,
    "SPAN-like 32x6": lambda: Span(32, 6),
    "SPAN-like 48x4": lambda: Span(48, 4),
    "SAFMN-like 36x8": Safmn,
}


def optimizer_of(net: nn.Module, name: str) -> torch.optim.Optimizer:
    if name == "adam":
        return torch.optim.Adam(net.parameters(), lr=2e-3)
    ends = [module for module in net.modules() if isinstance(module, nn.Conv2d) and 3 in module.weight.shape[:2]]
    return Muon(net, 0.02, 1e-3, plain=[*ends, net.get_submodule("last")])


def train(net: nn.Module, crops: Crops, seconds: float, optimizer: torch.optim.Optimizer) -> int:
    """Rounds played in ``seconds`` of CPU time; the learning rates fall along half a cosine of the time used."""
    stream = low_high_pairs(crops, scale=SCALE, batch=8, patch=32, ahead=0)
    peaks = [group["lr"] for group in optimizer.param_groups]
    start, rounds = time.process_time(), 0
    while (used := (time.process_time() - start) / seconds) < 1:
        share = min(1.0, used / 0.03) * (1 + math.cos(math.pi * used)) / 2
        for group, peak in zip(optimizer.param_groups, peaks, strict=True):
            group["lr"] = peak * max(1e-3, share)
        pair = next(stream)
        optimizer.zero_grad()
        nn.functional.l1_loss(net(pair.input), pair.target).backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        rounds += 1
    return rounds


def scores(net: nn.Module, folder: Path) -> Iterator[float]:
    for path in sorted(folder.glob("*.png")):
        high = read(path).tensor()
        high = high[..., : high.shape[-2] // SCALE * SCALE, : high.shape[-1] // SCALE * SCALE]
        low = resize(high, scale=1 / SCALE).clamp(0, 1).mul(255).round().div(255)
        with torch.inference_mode():
            made = net(low).clamp(0, 1).mul(255).round().div(255)
        error = (luma(made) - luma(high))[..., SCALE:-SCALE, SCALE:-SCALE]
        yield -10 * math.log10(error.double().square().mean().item())


def milliseconds(net: nn.Module) -> float:
    """CPU milliseconds of one thread for 256x256 pixels, the best of five."""
    torch.set_num_threads(1)
    low, best = torch.rand(1, 3, 256, 256), math.inf
    with torch.inference_mode():
        for _ in range(5):
            start = time.process_time()
            net(low)
            best = min(best, time.process_time() - start)
    torch.set_num_threads(2)
    return best * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("crops", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--optimizer", choices=["muon", "adam"], default="muon")
    parser.add_argument("--only", nargs="*", default=list(CANDIDATES))
    options = parser.parse_args()
    for name in options.only:
        torch.manual_seed(0)
        net = CANDIDATES[name]()
        rounds = train(net, open_crops(options.crops), options.seconds, optimizer_of(net, options.optimizer))
        net = merge(net).eval()
        psnr = float(np.mean(list(scores(net, options.folder))))
        count = sum(parameter.numel() for parameter in net.parameters())
        line = f"{name:24} {count:8,} parameters {rounds:6} rounds {milliseconds(net):7.0f} ms {psnr:7.3f} dB"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
