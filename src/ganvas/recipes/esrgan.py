"""ESRGAN: dense blocks without batch normalisation, and a judge that compares (Wang et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import model_validator
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.data.stream import Stream
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import Adversarial, NonSaturating, RelativisticAverage
from ganvas.losses.pixel import l1
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.vgg_discriminator import VGGDiscriminator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.contents import Kind, pixels_and_content
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.schedules import follow, steps


class ESRGANRecipe(Recipe):
    """Stage ``psnr`` makes the fidelity net, stage ``adversarial`` goes on from it: so the two can be interpolated
    (section 3.4; `ganvas blend`).

    Halves of the adversarial losses and the average of the weights are the authors' code's, the rest is the paper's.
    Presets change one thing each: the ablation of its figure 8.
    """

    name = "esrgan"
    paper = Paper(
        "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks",
        "Wang, Yu, Wu et al.",
        2018,
        "arXiv:1809.00219",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "paper": {},
        "blocks-6": {"blocks": 6},
        "blocks-16": {"blocks": 16},
        "x2": {"scale": 2, "patch": 64},
        "standard-gan": {"relativistic": False},
        "after-activation": {"content": "vgg54"},
        "no-residual-scale": {"residual_scale": 1.0},
        "no-small-start": {"init_scale": 1.0},
        "larger-patch": {"patch": 64},
        "small": {"blocks": 3, "width": 32, "growth": 16, "content": "lite0", "content_weight": 0.05, "batch": 4}
        | {"psnr_rounds": 20_000, "rounds": 10_000},
        "smoke": {"blocks": 1, "width": 8, "growth": 4, "batch": 2, "patch": 8, "content": None}
        | {"scale": 2, "psnr_rounds": 2, "rounds": 3},
    }

    scale: Literal[1, 2, 4] = 4
    width: int = 64
    growth: int = 32
    blocks: int = 23
    residual_scale: float = 0.2
    init_scale: float = 0.1
    reduction: Reduction = "bicubic"
    batch: int = 16
    patch: int = 32
    """Of the low picture; patch times scale must be a power of two, which the discriminator halves down to 4."""
    psnr_rounds: int = 1_000_000
    psnr_rate: float = 2e-4
    rounds: int = 400_000
    rate: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.99)
    decay: float = 0.999
    """Of the average of the weights; 0 leaves it out, as the paper does."""
    pixel_weight: float = 1e-2
    content: Kind | None = "esrgan"
    content_file: Path | None = None
    content_weight: float = 1.0
    adversarial_weight: float = 5e-3
    relativistic: bool = True
    start: Path | None = None
    """A trained fidelity net to go on from; give ``psnr_rounds=0`` with it."""
    seed: int = 0

    @model_validator(mode="after")
    def _halves_down_to_four(self) -> ESRGANRecipe:
        size = self.patch * self.scale
        if size < 8 or size & (size - 1):
            raise ValueError(f"patch times scale must be a power of two from 8 on, not {size}")
        return self

    def generator(self) -> RRDBNet:
        return RRDBNet(self.scale, self.width, self.growth, self.blocks, self.residual_scale, self.init_scale)

    def stages(self, data: Crops) -> Iterator[Stage[Pairs]]:
        generator = self.generator()
        adopt(generator, self.start)
        adam = Adam(generator.parameters(), lr=self.psnr_rate, betas=self.betas)
        average = Average(generator, adam, self.decay)
        players = [Player("generator", generator, Supervised(generator, {"l1": (1.0, l1)}).generator_loss, adam)]
        yield Stage(
            "psnr",
            self.psnr_rounds,
            self._pairs(data, self.seed),
            players,
            schedules=[follow(adam, steps(range(200_000, self.psnr_rounds, 200_000), 0.5))],
            memory={"average": average},
            product=average.net,
        )

        generator.load_state_dict(average.net.state_dict())
        discriminator = VGGDiscriminator(self.patch * self.scale)
        adversarial: Adversarial = RelativisticAverage() if self.relativistic else NonSaturating(halved=True)
        game = Restoration(generator, discriminator, self._references(), adversarial, self.adversarial_weight)
        adams = [Adam(net.parameters(), lr=self.rate, betas=self.betas) for net in (generator, discriminator)]
        average = Average(generator, adams[0], self.decay)
        halvings = steps([self.rounds * eighths // 8 for eighths in (1, 2, 4, 6)], 0.5)
        yield Stage(
            "adversarial",
            self.rounds,
            self._pairs(data, self.seed + 1),
            versus(game, (generator, adams[0]), (discriminator, adams[1])),
            schedules=[follow(adam, halvings) for adam in adams],
            memory={"average": average},
            product=average.net,
        )

    def _references(self) -> dict[str, tuple[float, Loss]]:
        return pixels_and_content(self.pixel_weight, self.content, self.content_file, self.content_weight)

    def _pairs(self, data: Crops, seed: int) -> Stream[Pairs]:
        return low_high_pairs(
            data, scale=self.scale, batch=self.batch, patch=self.patch, reduction=self.reduction, seed=seed
        )
