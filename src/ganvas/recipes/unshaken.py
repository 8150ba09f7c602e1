"""Unshaken: the recipe of the bundled model against motion blur, a net that finds out how the hand moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.motion import MotionBlur
from ganvas.degrade.shaken import Shaken
from ganvas.game import Player, Stage, Terms
from ganvas.nets.unshaken import Unshaken
from ganvas.objectives.unshaking import Unshaking
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow


class UnshakenRecipe(Recipe):
    """First the kernel alone, then kernels and pictures, on photos shaken by random hands, or on pairs; the average of
    the weights is kept.
    """

    name = "unshaken"
    paper = Paper(
        "Learning to Deblur",
        "Schuler, Hirsch, Harmeling, Schölkopf",
        2016,
        "arXiv:1406.7444",
    )
    reads = "pairs"
    task = "deblur"
    presets: ClassVar = {
        "smoke": {
            **{"width": 8, "depth": 3, "refining": 3, "guessing": 8, "side": 9, "batch": 2, "patch": 24, "margin": 4},
            **{"border": 2, "kernels": 2, "rounds": 2, "warmup": 1, "shaken": {"motion": {"longest": 8.0}}},
        }
    }

    spoil: Literal["nothing", "shaken"] = "shaken"
    """What is done to photos to make pairs of them; nothing: the data are pairs."""
    shaken: Shaken = Shaken(
        MotionBlur(exposures=(0.15, 0.25, 0.35, 0.5, 0.75, 1.0), longest=36.0), steady=0.07, linear=0.3, moving=0.3
    )
    width: int = 64
    depth: int = 17
    refining: int = 11
    guessing: int = 48
    side: int = 37
    steps: int = 2
    early: float = 0.3
    kernel: float = 0.3
    batch: int = 4
    patch: int = 192
    margin: int = 24
    """So many pixels around a patch are blurred with it."""
    border: int = 20
    kernels: int = 2_500
    """Rounds of the kernel alone."""
    rounds: int = 6_000
    rate: float = 0.01
    weight_decay: float = 0.1
    warmup: int = 50
    decay: float = 0.998
    look: Path | None = None
    """A model of the recipe deblur, which looks first and stays as it is. None: that is learnt too."""
    start: Path | None = None
    seed: int = 0

    def generator(self) -> Unshaken:
        return Unshaken(self.width, self.depth, self.refining, self.guessing, self.side, self.steps)

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Any]]:
        net = self.generator()
        adopt(net.look, self.look, "look")
        adopt(net, self.start)
        if self.look is not None:
            net.look.requires_grad_(False)
        game = Unshaking(net, self.early, self.kernel, self.border)
        if self.kernels:
            yield self.stage("kernel", self.kernels, net, game.kernel_loss, data)
        yield self.stage("deblur", self.rounds, net, game.generator_loss, data)

    def stage(
        self, name: str, rounds: int, net: Unshaken, loss: Callable[[Pairs], Terms], data: PairedPhotos | Crops
    ) -> Stage[Any]:
        """One of the two, which differ in what is asked."""
        optimizer = Muon(net, self.rate, self.rate / 10, decay=self.weight_decay, plain=net.ends())
        average = Average(net, optimizer, self.decay)
        return Stage(
            name,
            rounds,
            self.pairs(data),
            [Player("generator", net, loss, optimizer)],
            schedules=[follow(optimizer, cosine(rounds, self.warmup, floor=1e-3))],
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
