"""SRResNet: residual blocks trained for squared error (Ledig et al. 2017); what its skip and its depth are worth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage
from ganvas.losses.pixel import mse
from ganvas.nets.srresnet import Slopes, SRResNet
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.recipe import Paper, Recipe


class SRResNetRecipe(Recipe):
    """Squared error in [-1, 1], which is four times that in [0, 1]; presets ``blocks-N`` and ``no-skip`` are the
    thesis' ablation.
    """

    name = "srresnet"
    paper = Paper(
        "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network",
        "Ledig, Theis, Huszár et al.",
        2017,
        "arXiv:1609.04802",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "paper": {},
        "x2": {"scale": 2},
        **{f"blocks-{blocks}": {"blocks": blocks} for blocks in (2, 4, 8, 32)},
        "no-skip": {"long_skip": False},
        "smoke": {"blocks": 1, "width": 8, "batch": 2, "patch": 8, "rounds": 3},
    }

    scale: Literal[2, 4] = 4
    blocks: int = 16
    width: int = 64
    prelu: Slopes = "shared"
    long_skip: bool = True
    output: Literal["none", "tanh"] = "none"
    reduction: Reduction = "bicubic"
    batch: int = 16
    patch: int = 24
    rounds: int = 1_000_000
    rate: float = 1e-4
    seed: int = 0

    def generator(self) -> SRResNet:
        return SRResNet(self.scale, self.blocks, self.width, self.prelu, long_skip=self.long_skip, output=self.output)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        net = self.generator()
        game = Supervised(net, {"mse": (4.0, mse)})
        pairs = low_high_pairs(
            data, scale=self.scale, batch=self.batch, patch=self.patch, reduction=self.reduction, seed=self.seed
        )
        adam = Adam(net.parameters(), lr=self.rate)
        yield Stage("mse", self.rounds, pairs, [Player("generator", net, game.generator_loss, adam)])
