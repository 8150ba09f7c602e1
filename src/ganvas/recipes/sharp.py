"""Sharp: the small net of the faithful models, taken on by a game against a judge with trained eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.data.real_world import RealWorld
from ganvas.data.stream import Stream
from ganvas.degrade import Reduction
from ganvas.degrade.second_order import SecondOrder
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import Pairing
from ganvas.losses.pixel import l1
from ganvas.nets.compact import Compact
from ganvas.nets.projected import ProjectedDiscriminator
from ganvas.nets.unet_discriminator import UNetDiscriminator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.pretrained import features
from ganvas.recipes.contents import Kind, pixels_and_content
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average
from ganvas.training.muon import Muon
from ganvas.training.schedules import cosine, follow

SEEN = {"stem": 32, "stage1": 16, "stage2": 24, "stage3": 40}
"""The layers of EfficientNet-Lite0 that the judge sees, and their channels."""


class SharpRecipe(Recipe):
    """Pixels, features, and praise where the result cannot be told from the very picture it should be, place by place.

    The judge sees what EfficientNet-Lite0 sees, as in Projected GANs, since it then knows after a hundred rounds what a
    U-Net on pixels does not after a thousand. One sample of eight shows nothing, and nothing is to be added there.
    ``start`` is a faithful model (recipe compact). Preset ``restore`` plays on pictures spoilt as the world spoils them
    and learns them by L1 first.
    """

    name = "sharp"
    paper = Paper(
        "Projected GANs Converge Faster",
        "Sauer, Chitta, Müller, Geiger, for enlargement, with the notes' relativistic loss",
        2021,
        "arXiv:2111.01007",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "x2": {"scale": 2, "patch": 40, "rounds": 3_000, "judge_rate": 2e-4}
        | {"content_weight": 1.0, "adversarial_weight": 0.005},
        "x4": {"scale": 4},
        "restore": {"world": True, "degradation": SecondOrder.mild(), "adversarial_weight": 0.05}
        | {"faithful_rounds": 10_000},
        "smoke": {"width": 8, "depth": 3, "judged": "unet", "judge_width": 4, "content": None, "batch": 2, "patch": 8}
        | {"world": True, "faithful_rounds": 2, "rounds": 3},
    }

    scale: Literal[2, 3, 4] = 4
    width: int = 40
    depth: int = 17
    block: int = 2
    world: bool = False
    """Whether inputs are spoilt in every way, or only reduced."""
    reduction: Reduction = "bicubic"
    degradation: SecondOrder = SecondOrder()
    batch: int = 4
    patch: int = 24
    crisp: float = 0.0625
    """As for compact; not with ``world``."""
    smooth: float = 0.25
    """The share of samples that show nothing, so that nothing is invented there."""
    faithful_rounds: int = 0
    faithful_rate: float = 0.008
    rounds: int = 4_000
    rate: float = 2e-4
    judge_rate: float = 5e-4
    judged: Literal["projected", "unet"] = "projected"
    """What the judge looks at: pixels beside features that others trained, or pixels alone."""
    judge_width: int = 32
    one_sided: bool = False
    decay: float = 0.999
    pixel_weight: float = 1.0
    content: Kind | None = "lite0"
    content_file: Path | None = None
    content_weight: float = 0.4
    adversarial_weight: float = 0.03
    start: Path | None = None
    seed: int = 0

    def generator(self) -> Compact:
        return Compact(self.scale, self.width, self.depth, self.block, back_projection=not self.world)

    def stages(self, data: Crops) -> Iterator[Stage[Any]]:
        generator = self.generator()
        adopt(generator, self.start)
        muon = Muon(
            generator,
            self.faithful_rate,
            self.faithful_rate / 20,
            plain=(generator.first, generator.last, generator.base),
        )
        average = Average(generator, muon, self.decay)
        game = Supervised(generator, {"l1": (1.0, l1)})
        yield Stage[Any](
            "faithful",
            self.faithful_rounds,
            self._pairs(data, self.seed),
            [Player("generator", generator, game.generator_loss, muon)],
            schedules=[follow(muon, cosine(self.faithful_rounds, floor=1e-3))],
            memory={"average": average},
            product=average.net,
        )

        if self.faithful_rounds:
            generator.load_state_dict(average.net.state_dict())
        judge = self._judge()
        duel = Restoration(generator, judge, self._references(), Pairing(self.one_sided), self.adversarial_weight)
        adams = (
            Adam(generator.parameters(), lr=self.rate, betas=(0.9, 0.99)),
            Adam(judge.parameters(), lr=self.judge_rate, betas=(0.9, 0.99)),
        )
        average = Average(generator, adams[0], self.decay)
        yield Stage[Any](
            "adversarial",
            self.rounds,
            self._pairs(data, self.seed + 1),
            versus(duel, (generator, adams[0]), (judge, adams[1])),
            schedules=[follow(adam, cosine(self.rounds, floor=0.05)) for adam in adams],
            memory={"average": average},
            product=average.net,
        )

    def _judge(self) -> nn.Module:
        if self.judged == "unet":
            return UNetDiscriminator(self.judge_width)
        return ProjectedDiscriminator(features("lite0", list(SEEN), self.content_file), SEEN, self.judge_width)

    def _references(self) -> dict[str, tuple[float, Loss]]:
        return pixels_and_content(self.pixel_weight, self.content, self.content_file, self.content_weight)

    def _pairs(self, data: Crops, seed: int) -> Stream[Pairs]:
        if self.world:
            world = RealWorld(
                data, self.scale, self.batch, self.patch, self.degradation, smooth=self.smooth, upright=False, seed=seed
            )
            return world.pairs()
        return low_high_pairs(
            data,
            scale=self.scale,
            batch=self.batch,
            patch=self.patch,
            reduction=self.reduction,
            crisp=self.crisp,
            smooth=self.smooth,
            seed=seed,
        )
