"""Compact: the recipe of the bundled enlargers, a small plain net trained for fidelity alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage
from ganvas.losses.pixel import l1, mse
from ganvas.nets.compact import Compact
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow


class CompactRecipe(Recipe):
    """L1 on many small patches, then squared error, which PSNR measures, on larger ones; the average of the weights is
    kept.

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
        "smoke": {"width": 8, "depth": 3, "batch": 2, "patch": 8, "rounds": 3, "warmup": 1}
        | {"polish_rounds": 2, "polish_batch": 2, "polish_patch": 8},
    }

    scale: Literal[2, 3, 4] = 4
    width: int = 48
    depth: int = 9
    block: int = 8
    back_projection: bool = True
    reduction: Reduction = "bicubic"
    batch: int = 8
    patch: int = 32
    candidates: int = 1
    """Of so many windows the one with the most detail is learnt from."""
    crisp: float = 0.0625
    """The share of samples that look like no photo and are to be enlarged like bicubic interpolation does."""
    rounds: int = 16_000
    rate: float = 0.02
    """The spectral norm of a step at its peak; the ends and the biases learn by Adam at a twentieth of it."""
    weight_decay: float = 0.1
    warmup: int = 100
    polish_batch: int = 8
    polish_patch: int = 48
    polish_rounds: int = 2_000
    polish_rate: float = 0.002
    decay: float = 0.999
    start: Path | None = None
    """A trained Compact of the same width and depth, of any scale, whose body the training starts from."""
    seed: int = 0

    def generator(self) -> Compact:
        return Compact(self.scale, self.width, self.depth, self.block, self.back_projection)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        net = self.generator()
        adopt(net, self.start)
        first = self._stage("l1", net, l1, data, self.rounds, self.rate, self.batch, self.patch, self.warmup)
        yield first
        net.load_state_dict(first.outcome.state_dict())
        rounds, rate, batch, patch = self.polish_rounds, self.polish_rate, self.polish_batch, self.polish_patch
        yield self._stage("mse", net, mse, data, rounds, rate, batch, patch, warmup=0)

    def _stage(
        self,
        name: str,
        net: Compact,
        loss: Loss,
        data: Crops,
        rounds: int,
        rate: float,
        batch: int,
        patch: int,
        warmup: int,
    ) -> Stage[Pairs]:
        optimizer = Muon(net, rate, rate / 20, decay=self.weight_decay, plain=(net.first, net.last, net.base))
        average = Average(net, optimizer, self.decay)
        pairs = low_high_pairs(
            data,
            scale=self.scale,
            batch=batch,
            patch=patch,
            reduction=self.reduction,
            candidates=self.candidates,
            crisp=self.crisp,
            seed=self.seed + (name == "mse"),
        )
        game = Supervised(net, {name: (1.0, loss)})
        return Stage(
            name,
            rounds,
            pairs,
            [Player("generator", net, game.generator_loss, optimizer)],
            schedules=[follow(optimizer, cosine(rounds, warmup, floor=1e-3))],
            memory={"average": average},
            product=average.net,
        )
