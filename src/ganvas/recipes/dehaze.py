"""Dehaze: the recipe of the bundled model against haze, a small net that knows how haze comes about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.haze import Haze, Uniform
from ganvas.game import Player, Stage
from ganvas.losses.pixel import l1
from ganvas.nets.scattering import Scattering
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow


class DehazeRecipe(Recipe):
    """L1 on photos in haze of random density and light at random depth, or on pairs; the average of the weights is
    kept.

    The photos should be whole, reduced to little more than a patch (`ganvas prepare --least-reduction`): what is near
    and what is far cannot be told from a detail.
    """

    name = "dehaze"
    paper = Paper(
        "Benchmarking Single Image Dehazing and Beyond",
        "Li, Ren, Fu, Tao, Feng, Zeng, Wang, for its haze alone",
        2019,
        "arXiv:1712.04143",
    )
    reads = "pairs"
    task = "dehaze"
    presets: ClassVar = {"smoke": {"width": 4, "batch": 2, "patch": 32, "rounds": 4, "warmup": 1}}

    spoil: Literal["nothing", "haze"] = "haze"
    """What is done to photos to make pairs of them; nothing: the data are pairs."""
    haze: Haze = Haze(Uniform(0.0, 2.2), Uniform(0.6, 1.0), tint=0.08)
    width: int = 28
    batch: int = 8
    patch: int = 224
    rounds: int = 8_000
    rate: float = 0.01
    weight_decay: float = 0.1
    warmup: int = 100
    decay: float = 0.999
    start: Path | None = None
    seed: int = 0

    def generator(self) -> Scattering:
        return Scattering(self.width)

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Any]]:
        net = self.generator()
        adopt(net, self.start)
        optimizer = Muon(net, self.rate, self.rate / 20, decay=self.weight_decay, plain=(net.first, net.last))
        average = Average(net, optimizer, self.decay)
        game = Supervised(net, {"l1": (1.0, l1)})
        yield Stage(
            "dehaze",
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
        return spoilt_pairs(data, self.haze, self.batch, self.patch, seed=self.seed)
