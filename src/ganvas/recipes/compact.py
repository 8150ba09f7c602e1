"""Compact: the recipe of the bundled enlargers, a small net trained for fidelity alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.data.stream import Stream
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage
from ganvas.losses.pixel import l1
from ganvas.nets.compact import Compact
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow


class CompactRecipe(Recipe):
    """L1 on patches with detail; the average of the weights is kept.

    Muon takes a fifth of Adam's rounds to the same PSNR here (docs/decisions/0005-compact.md).
    """

    name = "compact"
    paper = Paper(
        "Edge-oriented Convolution Block for Real-time Super Resolution on Mobile Devices",
        "Zhang, Zeng, Zhang",
        2021,
        "https://doi.org/10.1145/3474085.3475291",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "x2": {"scale": 2},
        "x4": {"scale": 4},
        "smoke": {"width": 8, "depth": 3, "batch": 2, "patch": 8, "rounds": 5, "warmup": 1},
    }

    scale: Literal[2, 3, 4] = 4
    width: int = 40
    depth: int = 17
    block: int = 2
    """Convolutions under one skip."""
    back_projection: bool = True
    reduction: Reduction = "bicubic"
    batch: int = 4
    patch: int = 48
    candidates: int = 2
    """Of so many windows the one with the most detail is learnt from."""
    crisp: float = 0.0625
    """The share of samples that look like no photo and are to be enlarged like bicubic interpolation does."""
    rounds: int = 18_500
    rate: float = 0.01
    """The spectral norm of a step at its peak; the ends and the biases learn by Adam at a twentieth of it."""
    weight_decay: float = 0.1
    """Of the kernels, times the rate: none becomes larger, in spectral norm, than 1 / ``weight_decay``."""
    warmup: int = 100
    decay: float = 0.999
    """Of the average of the weights."""
    start: Path | None = None
    """A trained Compact of the same width and depth, of any scale, whose body the training starts from."""
    seed: int = 0

    def generator(self) -> Compact:
        return Compact(self.scale, self.width, self.depth, self.block, self.back_projection)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        net = self.generator()
        adopt(net, self.start)
        optimizer = Muon(net, self.rate, self.rate / 20, decay=self.weight_decay, plain=(net.first, net.last, net.base))
        average = Average(net, optimizer, self.decay)
        game = Supervised(net, {"l1": (1.0, l1)})
        yield Stage(
            "faithful",
            self.rounds,
            self._pairs(data),
            [Player("generator", net, game.generator_loss, optimizer)],
            schedules=[follow(optimizer, cosine(self.rounds, self.warmup, floor=1e-3))],
            memory={"average": average},
            product=average.net,
        )

    def _pairs(self, data: Crops) -> Stream[Pairs]:
        return low_high_pairs(
            data,
            scale=self.scale,
            batch=self.batch,
            patch=self.patch,
            reduction=self.reduction,
            candidates=self.candidates,
            crisp=self.crisp,
            seed=self.seed,
        )
