"""Real-ESRGAN: train on pictures spoilt as the world spoils them (Wang et al. 2021)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.pairs import Crops
from ganvas.data.real_world import RealWorld
from ganvas.degrade.second_order import SecondOrder
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.pixel import l1
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srvgg import SRVGGNet
from ganvas.nets.unet_discriminator import UNetDiscriminator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.contents import Kind, pixels_and_content
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.recipes.start import adopt
from ganvas.training.average import Average


class RealESRGANRecipe(Recipe):
    """Real-ESRNet first, by L1 alone, then Real-ESRGAN; targets are sharpened, what the discriminator takes for real is
    not. The average of the weights is the product.

    Every range of ``degradation`` is a setting: in a TOML file, as a table with the fields of
    :class:`ganvas.degrade.second_order.SecondOrder`. Presets change one thing each.
    """

    name = "real-esrgan"
    paper = Paper(
        "Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure Synthetic Data",
        "Wang, Xie, Dong, Shan",
        2021,
        "arXiv:2107.10833",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "paper": {},
        "x2": {"scale": 2, "patch": 128},
        "first-order": {"degradation": SecondOrder.first_order()},
        "no-final-sinc": {"degradation": SecondOrder(ringing=None)},
        "plain-discriminator": {"spectral": False},
        "unsharpened": {"sharpened": False},
        "esrgan-features": {"content": "esrgan"},
        "compact": {"generator_net": "srvgg", "blocks": 32},
        "small": {"generator_net": "srvgg", "blocks": 8, "width": 48, "content": "lite0", "content_weight": 0.05}
        | {"patch": 32, "batch": 4, "net_rounds": 20_000, "rounds": 10_000, "discriminator_width": 24},
        "smoke": {"generator_net": "srvgg", "blocks": 1, "width": 8, "content": None, "discriminator_width": 4}
        | {"patch": 8, "batch": 2, "net_rounds": 2, "rounds": 3},
    }

    scale: Literal[2, 4] = 4
    generator_net: Literal["rrdb", "srvgg"] = "rrdb"
    blocks: int = 23
    width: int = 64
    discriminator_width: int = 64
    spectral: bool = True
    degradation: SecondOrder = SecondOrder()
    sharpened: bool = True
    batch: int = 48
    patch: int = 64
    net_rounds: int = 1_000_000
    net_rate: float = 2e-4
    rounds: int = 400_000
    rate: float = 1e-4
    decay: float = 0.999
    pixel_weight: float = 1.0
    content: Kind | None = "real-esrgan"
    content_file: Path | None = None
    content_weight: float = 1.0
    adversarial_weight: float = 0.1
    start: Path | None = None
    """A trained net to go on from; give ``net_rounds=0`` with it."""
    seed: int = 0

    def generator(self) -> nn.Module:
        if self.generator_net == "srvgg":
            return SRVGGNet(self.scale, self.blocks, self.width)
        return RRDBNet(self.scale, self.width, self.width // 2, self.blocks)

    def stages(self, data: Crops) -> Iterator[Stage[Any]]:
        generator = self.generator()
        adopt(generator, self.start)
        adam = Adam(generator.parameters(), lr=self.net_rate, betas=(0.9, 0.99))
        average = Average(generator, adam, self.decay)
        players = [Player("generator", generator, Supervised(generator, {"l1": (1.0, l1)}).generator_loss, adam)]
        pairs = self._world(data, self.seed).pairs(sharpened=self.sharpened)
        memory = {"average": average}
        yield Stage("net", self.net_rounds, pairs, players, memory=memory, product=average.net)

        generator.load_state_dict(average.net.state_dict())
        discriminator = UNetDiscriminator(self.discriminator_width, self.spectral)
        game = Restoration(generator, discriminator, self._references(), NonSaturating(), self.adversarial_weight)
        adams = [Adam(net.parameters(), lr=self.rate, betas=(0.9, 0.99)) for net in (generator, discriminator)]
        average = Average(generator, adams[0], self.decay)
        world = self._world(data, self.seed + 1)
        yield Stage[Any](
            "adversarial",
            self.rounds,
            world.sharpened() if self.sharpened else world.pairs(),
            versus(game, (generator, adams[0]), (discriminator, adams[1])),
            memory={"average": average},
            product=average.net,
        )

    def _references(self) -> dict[str, tuple[float, Loss]]:
        return pixels_and_content(self.pixel_weight, self.content, self.content_file, self.content_weight)

    def _world(self, data: Crops, seed: int) -> RealWorld:
        return RealWorld(data, self.scale, self.batch, self.patch, self.degradation, seed=seed)
