"""Cycle-Dehaze: haze taken away by what clear photos look like (Engin, Genç, Ekenel 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import nn
from torch.nn.functional import interpolate
from torch.optim import Adam

from ganvas.data.batches import Unpaired
from ganvas.data.unpaired import UnpairedPhotos
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import LeastSquares
from ganvas.losses.pixel import l1
from ganvas.nets.both import Both, Domain
from ganvas.nets.laplacian import AtOneSize
from ganvas.nets.patchgan import CycleDehazeDiscriminator, PatchGAN
from ganvas.nets.resnet_generator import ResNetGenerator
from ganvas.objectives.cycle import Cycle, Paid
from ganvas.objectives.pool import Pool
from ganvas.objectives.supervised import Loss
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import fading, follow


class CycleDehazeRecipe(Recipe):
    """CycleGAN without its identity terms, but with deep features that are to come back as well.

    Reads two folders, ``hazy`` and ``clear`` (or A and B). Whatever its size a photo is dehazed as a square of
    ``side``, and what the enlargement lacks comes from the photo's own Laplacian pyramid. ``as-code`` is the authors'
    program where it departs from their paper.
    """

    name = "cycle-dehaze"
    paper = Paper(
        "Cycle-Dehaze: Enhanced CycleGAN for Single Image Dehazing",
        "Engin, Genç, Ekenel",
        2018,
        "arXiv:1805.05308",
    )
    reads = "unpaired"
    task = "dehaze"
    presets: ClassVar = {
        "paper": {},
        "as-code": {"content": "cycle-dehaze-code", "content_weight": 5e-6},
        "patch-70": {"judge": "patch-70"},
        "offline": {"content": "lite0", "content_weight": 1.0},
        "small": {"content": "lite0", "content_weight": 1.0, "blocks": 4, "width": 24, "judge_width": 24, "side": 128}
        | {"rounds": 3000},
        "smoke": {"content": None, "blocks": 1, "width": 4, "judge_width": 4, "side": 32, "pool": 2, "rounds": 4},
    }

    aim: Domain = "b"
    blocks: int = 9
    width: int = 64
    judge: Literal["patch-94", "patch-70"] = "patch-94"
    """The authors' program strides once more than the discriminator that they name."""
    judge_width: int = 64
    real_label: float = 0.9
    cycle: float = 10.0
    """Its weight in [-1, 1]."""
    content: Kind | None = "cycle-dehaze"
    content_file: Path | None = None
    content_weight: float = 1e-4
    seen: int = 224
    """The side of what the deep features are taken of."""
    pool: int = 50
    side: int = 256
    levels: int = 4
    """Of the Laplacian pyramid; 0 is a plain enlargement."""
    batch: int = 1
    rounds: int = 200_000
    """The rate falls to nothing in the second half."""
    rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.999)
    seed: int = 0

    def generator(self) -> Both:
        a, b = (ResNetGenerator(self.blocks, "instance-affine", width=self.width) for _ in range(2))
        return Both(a, b, self.aim)

    def deployed(self, net: nn.Module) -> nn.Module:
        return AtOneSize(net, self.side, self.levels)

    def stages(self, data: UnpairedPhotos) -> Iterator[Stage[Unpaired]]:
        makes, judges = self.generator(), Both(self._judge(), self._judge())
        adams = [Adam(net.parameters(), lr=self.rate, betas=self.betas, fused=True) for net in (makes, judges)]
        pools = Pool(self.pool), Pool(self.pool)
        cycle = {"cycle": Paid(l1, 2 * self.cycle, 2 * self.cycle)}
        if self.content is not None:
            cycle["content"] = Paid(self._content(self.content), self.content_weight, self.content_weight)
        game = Cycle(makes, judges, LeastSquares(self.real_label), cycle, {}, pools)
        curve = fading(self.rounds, self.rounds // 2)
        yield Stage(
            "cycle",
            self.rounds,
            data.stream(self.batch, self.side, side=self.side, seed=self.seed),
            versus(game, (makes, adams[0]), (judges, adams[1])),
            [follow(adam, curve) for adam in adams],
            memory={"fakes of a": pools[0], "fakes of b": pools[1]},
        )

    def _judge(self) -> nn.Module:
        if self.judge == "patch-70":
            return PatchGAN(norm="instance", width=self.judge_width)
        return CycleDehazeDiscriminator(self.judge_width)

    def _content(self, kind: Kind) -> Loss:
        """The distance of features of both pictures, resized to squares of ``seen``."""
        distance = content(kind, self.content_file)

        def resized(image: torch.Tensor) -> torch.Tensor:
            return interpolate(image, (self.seen, self.seen), mode="bilinear", antialias=True)

        return lambda output, target: distance(resized(output), resized(target))
