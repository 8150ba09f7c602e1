"""CANDY: a photo without its haze, made at once (Swami, Das 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.haze import Haze
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.pixel import mse, smooth_l1
from ganvas.nets.patchgan import PatchGAN
from ganvas.nets.resnet_generator import ResNetGenerator
from ganvas.nets.unet_generator import UNetGenerator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.lengths import lengths
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import fading, follow


class CANDYRecipe(Recipe):
    """Adversarial, squared, smooth L1 and content losses, added up; the discriminator sees the hazy photo too.

    No code was published and the paper's tables are not at hand: the losses are its, nets and rates the usual ones.
    Reads photos or crops, which it hazes itself, or, with ``spoil`` nothing, pairs. Weights are for [-1, 1]. With a
    threshold of 1, ``as-printed``, the smooth L1 is half the squared error for all but the largest differences and adds
    nothing; the default is 0.1.
    """

    name = "candy"
    paper = Paper(
        "CANDY: Conditional Adversarial Networks based Fully End-to-End System for Single Image Haze Removal",
        "Swami, Das",
        2018,
        "arXiv:1801.02892",
    )
    reads = "pairs"
    task = "dehaze"
    presets: ClassVar = {
        "balanced": {},
        "as-printed": {"threshold": 1.0, "adversarial_weight": 1.0, "squared_weight": 1.0, "smooth_weight": 1.0}
        | {"content_weight": 1.0},
        "squared": {"adversarial_weight": 0.0, "smooth_weight": 0.0, "content_weight": 0.0},
        "offline": {"content": "lite0", "content_weight": 1.0},
        "small": {"content": "lite0", "content_weight": 1.0, "levels": 6, "width": 16, "judge_width": 16}
        | {"patch": 128, "batch": 4, "rounds": 4000},
        "smoke": {"content": None, "levels": 3, "width": 4, "judge_width": 4, "patch": 16, "batch": 2, "rounds": 3}
        | {"patch_layers": 1},
    }

    spoil: Literal["nothing", "haze"] = "haze"
    """What is done to photos to make pairs of them; nothing: the data are pairs."""
    haze: Haze = Haze()
    net: Literal["unet", "resnet"] = "unet"
    levels: int = 8
    blocks: int = 9
    width: int = 64
    patch_layers: int = 3
    judge_width: int = 64
    adversarial_weight: float = 1.0
    squared_weight: float = 100.0
    smooth_weight: float = 100.0
    threshold: float = 0.1
    """Differences below it count squared."""
    content: Kind | None = "vgg54"
    content_file: Path | None = None
    content_weight: float = 0.006
    side: int | None = None
    patch: int = 256
    batch: int = 4
    epochs: int = 100
    fading_epochs: int = 100
    rounds: int | None = None
    """In place of the epochs; the rate falls in the second half."""
    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    seed: int = 0

    def generator(self) -> nn.Module:
        if self.net == "resnet":
            return ResNetGenerator(self.blocks, width=self.width)
        return UNetGenerator(levels=self.levels, width=self.width, dropout=0.0)

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Any]]:
        rounds, start = lengths(len(data), self.batch, self.epochs, self.fading_epochs, self.rounds)
        generator, discriminator = self.generator(), PatchGAN(self.patch_layers, 6, width=self.judge_width)
        adams = [
            Adam(net.parameters(), lr=self.rate, betas=self.betas, fused=True) for net in (generator, discriminator)
        ]
        game = Restoration(
            generator, discriminator, self._references(), NonSaturating(), self.adversarial_weight, conditional=True
        )
        players = versus(game, (generator, adams[0]), (discriminator, adams[1]), generator_first=False)
        curve = fading(rounds, start)
        schedules = [follow(adam, curve) for adam in adams]
        yield Stage("dehaze", rounds, self.pairs(data), players, schedules, product=generator)

    def _references(self) -> dict[str, tuple[float, Loss]]:
        """The three, in [0, 1]: there squared errors are a quarter, and a smooth L1 of half the threshold is half."""
        smooth = partial(smooth_l1, threshold=self.threshold / 2)
        references: dict[str, tuple[float, Loss]] = {
            "squared": (4 * self.squared_weight, mse),
            "smooth": (2 * self.smooth_weight, smooth),
        }
        if self.content is not None:
            references["content"] = self.content_weight, content(self.content, self.content_file)
        return {name: (weight, loss) for name, (weight, loss) in references.items() if weight}

    def pairs(self, data: PairedPhotos | Crops) -> Stream[Pairs]:
        """What is learnt from."""
        if isinstance(data, PairedPhotos):
            return data.stream(self.batch, self.patch, side=self.side, seed=self.seed)
        return spoilt_pairs(data, self.haze, self.batch, self.patch, seed=self.seed)
