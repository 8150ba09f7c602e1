"""ProGAN: nets that begin with 4x4 pixels and grow (Karras, Aila, Laine, Lehtinen 2018). Two stages a resolution."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from pydantic import model_validator
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.collection import Collection, Pictures
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import WassersteinGP
from ganvas.nets.progan import ProGANDiscriminator, ProGANGenerator, faded, grow, last_level
from ganvas.objectives.generation import Generation
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.average import Average
from ganvas.training.schedules import Curve


class ProGANRecipe(Recipe):
    """Each level is faded in, then played on; lengths are counted in thousands of real pictures.

    The product is the average of the generator's weights, which goes on from level to level while the optimisers begin
    anew. The numbers are those of the authors' run on CelebA-HQ, ``as-code`` has their code's defaults, ``small`` is
    for a CPU. Noise is put on its sphere by the net.
    """

    name = "progan"
    paper = Paper(
        "Progressive Growing of GANs for Improved Quality, Stability, and Variation",
        "Karras, Aila, Laine, Lehtinen",
        2018,
        "arXiv:1710.10196",
    )
    reads = "collection"
    task = "generate"
    presets: ClassVar = {
        "paper": {},
        "as-code": {"stabilise": 600.0, "fade": 600.0, "total": 15_000.0},
        "small": {"side": 32, "noise": 64, "base": 512, "largest": 48, "batches": (32, 32, 16)}
        | {"stabilise": 12.0, "fade": 12.0, "total": 120.0},
        "smoke": {"side": 8, "noise": 8, "base": 16, "largest": 8, "batches": (4, 2)}
        | {"stabilise": 0.004, "fade": 0.004, "total": 0.012},
    }

    side: int = 1024
    """Of the last level's pictures."""
    channels: Literal[1, 3] = 3
    noise: int = 512
    base: int = 8192
    """The maps of level l are ``base`` / 2^(l + 1), at most ``largest``."""
    largest: int = 512
    group: int = 4
    """Pictures in a group whose deviation the critic sees; the paper's group is the batch."""
    growing: bool = True
    """Whether the nets grow; if not all is played at the last level."""
    fade: float = 800.0
    """Thousands of pictures while a level fades in."""
    stabilise: float = 800.0
    """Thousands of pictures after that, and at 4x4."""
    total: float = 19_000.0
    """Thousands of pictures in all: the last level is played until then."""
    batches: tuple[int, ...] = (16, 16, 16, 16, 16, 16, 14, 6, 3)
    """The pictures in a batch of each level, the last for all further ones."""
    rate: float = 1e-3
    betas: tuple[float, float] = (0.0, 0.99)
    penalty: float = 10.0
    """Of the gradient, as in the paper for pictures in [-1, 1]."""
    drift: float = 1e-3
    decay: float = 0.999
    """Of the average of the weights."""
    mirror: bool = True
    seed: int = 0

    @model_validator(mode="after")
    def _fits(self) -> ProGANRecipe:
        if self.growing and self.total <= self._before_last():
            raise ValueError(f"total must be more than the {self._before_last():g} thousand pictures of growing")
        if not self.batches:
            raise ValueError("batches must name at least one size")
        return self

    def generator(self) -> ProGANGenerator:
        return ProGANGenerator(self.side, self.channels, self.noise, self.base, self.largest)

    def discriminator(self) -> ProGANDiscriminator:
        """A new critic."""
        return ProGANDiscriminator(self.side, self.channels, self.base, self.largest, self.group)

    def stages(self, data: Collection) -> Iterator[Stage[Images]]:
        pictures = data.at(self.side, self.channels)
        generator, critic = self.generator(), self.discriminator()
        average: Average | None = None
        last = last_level(self.side)
        for level in range(last + 1) if self.growing else (last,):
            grow(generator, level)
            grow(critic, level)
            adams = (
                Adam(generator.parameters(), self.rate, self.betas),
                Adam(critic.parameters(), self.rate, self.betas),
            )
            average = continued(Average(generator, adams[0], self.decay), average)
            yield from self._level(level, (generator, critic), adams, average, pictures.reduced(4 * 2**level))

    def lengths(self, level: int) -> tuple[float, float]:
        """How many thousand pictures ``level`` is faded in and stabilised for."""
        last = level == last_level(self.side)
        if not self.growing:
            return 0.0, self.total
        return self.fade if level else 0.0, self.total - self._before_last() if last else self.stabilise

    def batch_of(self, level: int) -> int:
        """The pictures in a batch of ``level``."""
        return self.batches[min(level, len(self.batches) - 1)]

    def _before_last(self) -> float:
        return last_level(self.side) * (self.fade + self.stabilise)

    def _level(
        self,
        level: int,
        nets: tuple[ProGANGenerator, ProGANDiscriminator],
        adams: tuple[Adam, Adam],
        average: Average,
        pictures: Pictures,
    ) -> Iterator[Stage[Images]]:
        """The stages of ``level``, their nets and optimisers one and the same."""
        generator, critic = nets
        adversarial = WassersteinGP(self.penalty, drift=self.drift, span=2.0)
        game = Generation(
            generator, critic, adversarial, self.noise, shown=lambda image: faded(image, float(generator.alpha))
        )
        batch, (fade, stabilise) = self.batch_of(level), self.lengths(level)
        side = pictures.side
        curves = (f"{side} x {side}, fading in", fade, entering(batch, fade)), (f"{side} x {side}", stabilise, there)
        for number, (name, thousands, alpha) in enumerate(curves):
            if thousands:
                yield Stage(
                    name,
                    math.ceil(1000 * thousands / batch),
                    pictures.stream(batch, mirror=self.mirror, seed=self.seed + 2 * level + number),
                    versus(game, (generator, adams[0]), (critic, adams[1]), generator_first=False),
                    schedules=[standing(nets, level, alpha)],
                    memory={"average": average},
                    product=average.net,
                )


def entering(batch: int, thousands: float) -> Curve:
    """The alpha of a level that fades in while so many ``thousands`` of pictures are shown.

    >>> [entering(16, 0.064)(number) for number in range(4)]
    [0.0, 0.25, 0.5, 0.75]
    """
    return lambda number: min(1.0, number * batch / (1000 * thousands))


def there(number: int) -> float:
    """The alpha of a level that is there."""
    return 1.0


def standing(nets: tuple[ProGANGenerator, ProGANDiscriminator], level: int, alpha: Curve) -> Callable[[int], None]:
    """A schedule that has all of ``nets`` work at ``level``, that level being there to ``alpha``."""

    def schedule(number: int) -> None:
        for net in nets:
            grow(net, level, alpha(number))

    return schedule


def continued(average: Average, before: Average | None) -> Average:
    """``average``, going on from where the one ``before`` has come to."""
    if before is not None:
        average.load_state_dict(before.state_dict())
    return average
