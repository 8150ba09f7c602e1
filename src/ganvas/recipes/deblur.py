"""Deblur: the recipe of the bundled model against motion blur, a small net trained for fidelity alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.shaken import Shaken
from ganvas.game import Player, Stage
from ganvas.losses.pixel import decibels
from ganvas.nets.folded import Folded
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow


class DeblurRecipe(Recipe):
    """Negative PSNR on photos that were shaken by random hands, or on pairs; the average of the weights is kept."""

    name = "deblur"
    paper = Paper(
        "DeblurGAN: Blind Motion Deblurring Using Conditional Adversarial Networks",
        "Kupyn, Budzan, Mykhailych, Mishkin, Matas, for its blur alone",
        2018,
        "arXiv:1711.07064",
    )
    reads = "pairs"
    task = "deblur"
    presets: ClassVar = {
        "smoke": {"width": 8, "depth": 3, "batch": 2, "patch": 16, "margin": 4, "rounds": 4, "warmup": 1}
    }

    spoil: Literal["nothing", "shaken"] = "shaken"
    """What is done to photos to make pairs of them; nothing: the data are pairs."""
    shaken: Shaken = Shaken()
    width: int = 64
    depth: int = 17
    block: int = 2
    batch: int = 8
    patch: int = 96
    margin: int = 24
    """So many pixels around a patch are blurred with it."""
    rounds: int = 16_000
    rate: float = 0.01
    weight_decay: float = 0.1
    warmup: int = 100
    decay: float = 0.999
    start: Path | None = None
    seed: int = 0

    def generator(self) -> Folded:
        return Folded(self.width, self.depth, self.block)

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Any]]:
        net = self.generator()
        adopt(net, self.start)
        optimizer = Muon(net, self.rate, self.rate / 20, decay=self.weight_decay, plain=(net.first, net.last))
        average = Average(net, optimizer, self.decay)
        game = Supervised(net, {"decibels": (1.0, decibels)})
        yield Stage(
            "deblur",
            self.rounds,
            self.pairs(data),
            [Player("generator", net, game.generator_loss, optimizer)],
            schedules=[follow(optimizer, cosine(self.rounds, self.warmup, floor=1e-3))],
            memory={"average": average},
            product=average.net,
        )

    def pairs(self, data: PairedPhotos | Crops) -> Stream[Pairs]:
        """What is learnt from."""
        if isinstance(data, PairedPhotos):
            return data.stream(self.batch, self.patch, seed=self.seed)
        return spoilt_pairs(
            data, self.shaken, self.batch, self.patch, margin=self.margin, upright=False, seed=self.seed
        )
