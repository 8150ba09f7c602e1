"""ESPCN: enlargement by three convolutions at low resolution and one pixel shuffle (Shi et al. 2016)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage
from ganvas.losses.pixel import mse
from ganvas.nets.espcn import ESPCN, Activation, OnLuma, OutputActivation
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.recipe import Paper, Recipe


class ESPCNRecipe(Recipe):
    """The paper's net and training on the luma; preset ``notes`` is the wider RGB variant with a new Adam a stage."""

    name = "espcn"
    paper = Paper(
        "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network",
        "Shi, Caballero, Huszár et al.",
        2016,
        "arXiv:1609.05158",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "paper": {},
        "notes": {
            "colour": "rgb",
            "widths": (128, 128),
            "activation": "lrelu",
            "reduction": "linear-box",
            "patch": 64,
            "rates": (1e-3, 3e-4, 1e-4),
            "rounds": (3_000, 12_000, 18_000),
            "last_rate": 1.0,
        },
        "smoke": {"scale": 2, "widths": (8, 4), "batch": 2, "patch": 8, "rates": (1e-3, 1e-4), "rounds": (3, 2)},
    }

    scale: Literal[2, 3, 4] = 4
    colour: Literal["y", "rgb"] = "y"
    widths: tuple[int, int] = (64, 32)
    activation: Activation = "tanh"
    output: OutputActivation = "none"
    reduction: Reduction = "gaussian"
    batch: int = 64
    patch: int = 17
    rates: tuple[float, ...] = (1e-2, 1e-3, 1e-4)
    """The learning rate of each stage."""
    rounds: tuple[int, ...] = (30_000, 50_000, 20_000)
    last_rate: float = 0.1
    """The last layer's learning rate as a part of the others' (the paper: 10 times slower)."""

    def generator(self) -> nn.Module:
        channels = 1 if self.colour == "y" else 3
        return ESPCN(self.scale, self.widths, self.activation, self.output, channels)

    def deployed(self, net: nn.Module) -> nn.Module:
        return OnLuma(net, self.scale) if self.colour == "y" else net

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        net = self.generator()
        assert isinstance(net, ESPCN)
        game = Supervised(net, {"mse": (1.0, mse)})
        for index, (rate, rounds) in enumerate(zip(self.rates, self.rounds, strict=True)):
            optimizer = Adam(
                [
                    {"params": net.body.parameters(), "lr": rate},
                    {"params": net.last.parameters(), "lr": rate * self.last_rate},
                ]
            )
            pairs = low_high_pairs(
                data,
                scale=self.scale,
                batch=self.batch,
                patch=self.patch,
                reduction=self.reduction,
                colour=self.colour == "rgb",
                seed=index,
            )
            yield Stage(f"rate-{rate:g}", rounds, pairs, [Player("generator", net, game.generator_loss, optimizer)])
