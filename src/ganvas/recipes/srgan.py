"""SRGAN: imitate, then play (Ledig et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.data.stream import Stream
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.pixel import mse
from ganvas.nets.srresnet import Slopes, SRGANDiscriminator, SRResNet
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.schedules import follow, steps


class SRGANRecipe(Recipe):
    """Stage one is SRResNet, squared error alone; stage two goes on from its weights, against a discriminator, with
    the distance of VGG19's features for content.

    Preset ``thesis`` has the small weight on the other term, as the thesis prints it; ``mse`` and ``vgg22`` are the
    paper's table 2; ``offline`` and ``small`` take features that need no download, the latter with nets for a CPU.
    """

    name = "srgan"
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
        "vgg22": {"content": "vgg22"},
        "mse": {"content": None},
        "thesis": {"content_weight": 1e-3 / 12.75**2, "adversarial_weight": 1.0},
        "offline": {"content": "lite0", "content_weight": 0.05},
        "small": {"content": "lite0", "content_weight": 0.05, "blocks": 5, "any_size": True, "batch": 8}
        | {"pretrain_rounds": 20_000, "rounds": 10_000},
        "smoke": {"content": None, "blocks": 1, "width": 8, "batch": 2, "patch": 8, "any_size": True}
        | {"pretrain_rounds": 2, "rounds": 3},
    }

    scale: Literal[2, 4] = 4
    blocks: int = 16
    width: int = 64
    prelu: Slopes = "shared"
    long_skip: bool = True
    output: Literal["none", "tanh"] = "none"
    any_size: bool = False
    """A discriminator that averages over the picture, in place of dense layers for one size of crop."""
    reduction: Reduction = "bicubic"
    batch: int = 16
    patch: int = 24
    rate: float = 1e-4
    pretrain_rounds: int = 1_000_000
    rounds: int = 200_000
    """From the middle on at a tenth of the rate."""
    content: Kind | None = "vgg54"
    """None: squared error in [-1, 1], the paper's SRGAN-MSE."""
    content_file: Path | None = None
    content_weight: float = 1 / 12.75**2
    adversarial_weight: float = 1e-3
    start: Path | None = None
    """A trained SRResNet to go on from; give ``pretrain_rounds=0`` with it."""
    seed: int = 0

    def generator(self) -> SRResNet:
        return SRResNet(self.scale, self.blocks, self.width, self.prelu, long_skip=self.long_skip, output=self.output)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        generator = self.generator()
        adopt(generator, self.start)
        imitation = Supervised(generator, {"mse": (4.0, mse)})
        adam = Adam(generator.parameters(), lr=self.rate)
        players = [Player("generator", generator, imitation.generator_loss, adam)]
        yield Stage("pretrain", self.pretrain_rounds, self._pairs(data, self.seed), players)

        discriminator = SRGANDiscriminator(None if self.any_size else self.patch * self.scale)
        game = Restoration(
            generator, discriminator, {"content": self._content()}, NonSaturating(), self.adversarial_weight
        )
        adams = [Adam(net.parameters(), lr=self.rate) for net in (generator, discriminator)]
        yield Stage(
            "adversarial",
            self.rounds,
            self._pairs(data, self.seed + 1),
            versus(game, (generator, adams[0]), (discriminator, adams[1])),
            schedules=[follow(adam, steps([self.rounds // 2])) for adam in adams],
        )

    def _content(self) -> tuple[float, Loss]:
        return (4.0, mse) if self.content is None else (self.content_weight, content(self.content, self.content_file))

    def _pairs(self, data: Crops, seed: int) -> Stream[Pairs]:
        return low_high_pairs(
            data, scale=self.scale, batch=self.batch, patch=self.patch, reduction=self.reduction, seed=seed
        )
