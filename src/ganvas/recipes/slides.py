"""The slides' SRGAN for Keras, which doubles the sides, and the six improvements that its last slide proposes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, Fewer, low_high_pairs
from ganvas.degrade import Reduction
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.colour import colour_balance, histogram
from ganvas.losses.pixel import l1, mse
from ganvas.nets.espcn import OutputActivation
from ganvas.nets.srgan_slides import Initialisation, SlidesDiscriminator, SlidesGenerator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.recipe import Paper, Recipe


class SlidesRecipe(Recipe):
    """Content (mean absolute or squared error), a perceptual loss if asked for, and cross-entropy with logits.

    The discriminator pays the mean of real and fake: ln 2 = 0.693 where it cannot tell them apart. The improvements are
    the presets more-blocks, balance (a slower discriminator), signed ([-1, 1]), perceptual, colour and more-data.
    """

    name = "slides"
    paper = Paper(
        "Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network",
        "Ledig, Theis, Huszár et al., as lecture slides rebuilt it in Keras",
        2017,
        "arXiv:1609.04802",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "shown": {},
        "squared": {"content": "mse"},
        "more-blocks": {"blocks": 16},
        "balance": {"discriminator_rate": 1e-5},
        "signed": {"output": "tanh"},
        "perceptual": {"perceptual": "vgg54", "perceptual_weight": 1 / 12.75**2},
        "perceptual-offline": {"perceptual": "lite0", "perceptual_weight": 0.05},
        "colour": {"histogram_weight": 0.1, "colour_weight": 0.1},
        "more-data": {"crops": None},
        "smoke": {"blocks": 1, "width": 8, "batch": 2, "patch": 8, "rounds": 3}
        | {"histogram_weight": 0.1, "colour_weight": 0.1},
    }

    scale: Literal[2] = 2
    blocks: int = 8
    width: int = 64
    output: OutputActivation = "sigmoid"
    initialisation: Initialisation = "keras"
    head: Literal["pooled", "map"] = "pooled"
    reduction: Reduction = "bicubic"
    batch: int = 16
    patch: int = 64
    crops: int | None = 1_000
    """Only so many are learnt from; None: all that there are."""
    rounds: int = 30_000
    rate: float = 1e-4
    discriminator_rate: float = 1e-4
    content: Literal["mae", "mse"] = "mae"
    content_weight: float = 1.0
    perceptual: Kind | None = None
    perceptual_file: Path | None = None
    perceptual_weight: float = 0.0
    adversarial_weight: float = 1e-3
    histogram_weight: float = 0.0
    colour_weight: float = 0.0
    seed: int = 0

    def generator(self) -> SlidesGenerator:
        return SlidesGenerator(self.blocks, self.width, self.output, initialisation=self.initialisation)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        generator, discriminator = self.generator(), SlidesDiscriminator(self.head, self.initialisation)
        game = Restoration(
            generator, discriminator, self._references(), NonSaturating(halved=True), self.adversarial_weight
        )
        crops = data if self.crops is None else Fewer(data, self.crops)
        pairs = low_high_pairs(
            crops, scale=self.scale, batch=self.batch, patch=self.patch, reduction=self.reduction, seed=self.seed
        )
        adams = (
            Adam(generator.parameters(), lr=self.rate),
            Adam(discriminator.parameters(), lr=self.discriminator_rate),
        )
        yield Stage("adversarial", self.rounds, pairs, versus(game, (generator, adams[0]), (discriminator, adams[1])))

    def _references(self) -> dict[str, tuple[float, Loss]]:
        references: dict[str, tuple[float, Loss]] = {
            "content": (self.content_weight, l1 if self.content == "mae" else mse)
        }
        if self.perceptual is not None:
            references["perceptual"] = self.perceptual_weight, content(self.perceptual, self.perceptual_file)
        if self.histogram_weight:
            references["histogram"] = self.histogram_weight, histogram
        if self.colour_weight:
            references["colour"] = self.colour_weight, colour_balance
        return references
