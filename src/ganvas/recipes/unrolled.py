"""Unrolled GAN on points of the plane: the generator sees some steps of the discriminator ahead (Metz et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn
from torch.optim import SGD, Adam

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.data.synthetic import Toy, toy
from ganvas.game import Stage, versus
from ganvas.nets.multilayer import Activation, multilayer
from ganvas.objectives.unrolled import Unrolled
from ganvas.recipes.recipe import Paper, Recipe


class UnrolledRecipe(Recipe):
    """The numbers of the paper's appendix on the ring; preset ``notebook`` has those of the authors' notebook.

    Their notebook puts two of its eight centres in one place; here there are always eight. With ``steps=0`` it is the
    ordinary game. The model takes noise (N, ``noise``) and makes points (N, 2).
    """

    name = "unrolled"
    paper = Paper("Unrolled Generative Adversarial Networks", "Metz et al.", 2017, "arXiv:1611.02163")
    reads = "nothing"
    task = "generate"
    presets: ClassVar = {
        "appendix": {},
        "notebook": {"steps": 5, "divide": 2.0, "activation": "tanh", "judge_depth": 2, "judge_divide": 1.0}
        | {"gain": 1.4, "rate": 1e-3},
        "smoke": {"steps": 2, "width": 8, "batch": 16, "rounds": 4},
    }

    steps: int = Field(default=10, ge=0)
    """K: how many steps the generator looks ahead; 5 help much already."""
    inner: Literal["adam", "sgd"] = "adam"
    """Whose steps: those of the discriminator's own Adam, moments included, or plain ones at its rate."""
    second_order: bool = True
    """Whether the generator counts with what it changes of these steps."""
    data: Toy = "ring"
    divide: float | None = 1.0
    """Of the points; null: what the code of Gulrajani et al. 2017 divides these by."""
    rounds: int = 25_000
    batch: int = 512
    rate: float = 1e-4
    """The generator's."""
    judge_rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.999)
    noise: int = 256
    width: int = 128
    activation: Activation = "relu"
    judge_depth: int = 1
    judge_divide: float = 4.0
    """Of what the discriminator is given."""
    gain: float = 0.8
    """Of the orthogonal matrices that the weights begin as."""
    seed: int = 0

    def generator(self) -> nn.Module:
        return multilayer(self.noise, 2, self.width, activation=self.activation, start=self.gain)

    def points(self, batch: int) -> Stream[Images]:
        """What the generator is to imitate."""
        return toy(self.data, batch, divide=self.divide, seed=self.seed)

    def stages(self, data: None) -> Iterator[Stage[Images]]:
        generator, discriminator = self.generator(), self._discriminator()
        optimizers = [
            Adam(net.parameters(), lr=rate, betas=self.betas)
            for net, rate in ((generator, self.rate), (discriminator, self.judge_rate))
        ]
        inner = optimizers[1] if self.inner == "adam" else SGD(discriminator.parameters(), lr=self.judge_rate)
        game = Unrolled(generator, discriminator, inner, self.noise, self.steps, self.second_order)
        players = versus(game, (generator, optimizers[0]), (discriminator, optimizers[1]))
        points = self.points(self.batch)
        yield Stage("adversarial", self.rounds, points, players, simultaneous=True, product=generator)

    def _discriminator(self) -> nn.Module:
        return multilayer(
            2,
            1,
            self.width,
            self.judge_depth,
            activation=self.activation,
            start=self.gain,
            divide=self.judge_divide,
        )
