"""A classifier of handwritten digits, on which the notes compare what may halve the sides of a map."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from torch.optim import Adam

from ganvas.data.batches import Labelled
from ganvas.data.digits import Digits, labelled
from ganvas.game import Player, Stage
from ganvas.nets.digits import DigitClassifier, Halving, Kernel
from ganvas.objectives.classification import Classification
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import cosine, follow


class DigitsRecipe(Recipe):
    """Adam at one rate, cross-entropy; the numbers are those of the notes on the discriminator, the digits LeCun's."""

    name = "digits"
    paper = Paper(
        "Gradient-based learning applied to document recognition",
        "LeCun, Bottou, Bengio, Haffner",
        1998,
        "https://doi.org/10.1109/5.726791",
    )
    reads = "digits"
    task = "classify"
    presets: ClassVar = {"notes": {}, "smoke": {"width": 2, "batch": 16, "epochs": 1}}

    width: int = 64
    pooling: Halving = "max"
    kernel: Kernel = 2
    """Of the convolutions that halve the sides where ``pooling`` is "stride"."""
    batch: int = 512
    epochs: int = 20
    """Passes over the digits."""
    rate: float = 1e-3
    falling: bool = False
    """Whether the rate falls to nothing along half a cosine, so that chance has less of a say in the last epoch."""
    seed: int = 0

    def generator(self) -> DigitClassifier:
        return DigitClassifier(self.width, self.pooling, self.kernel)

    def stages(self, data: Digits) -> Iterator[Stage[Labelled]]:
        net = self.generator()
        optimizer = Adam(net.parameters(), lr=self.rate)
        rounds = math.ceil(self.epochs * len(data) / self.batch)
        yield Stage(
            "classify",
            rounds,
            labelled(data, self.batch, self.seed),
            [Player("classifier", net, Classification(net).classifier_loss, optimizer)],
            schedules=[follow(optimizer, cosine(rounds))] if self.falling else [],
        )
