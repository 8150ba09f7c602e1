"""CycleGAN: between two collections of pictures, none of which is the other's partner (Zhu et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from torch.optim import Adam

from ganvas.data.batches import Unpaired
from ganvas.data.unpaired import UnpairedPhotos
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Adversarial, LeastSquares, NonSaturating
from ganvas.losses.pixel import l1
from ganvas.nets.both import Both, Domain
from ganvas.nets.patchgan import PatchGAN
from ganvas.nets.resnet_generator import ResNetGenerator, Upsampling
from ganvas.objectives.cycle import Cycle, Paid
from ganvas.objectives.pool import Pool
from ganvas.recipes.lengths import lengths
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import fading, follow


class CycleGANRecipe(Recipe):
    """Two residual generators that undo each other, two discriminators that see earlier fakes too.

    Reads two folders, A and B. The model has both directions; ``aim`` says which one it takes by itself. Presets
    ``cycle-alone``, ``forward`` and ``backward`` are the paper's table 4 (its GAN alone is ``gan-alone``), ``small`` is
    for a CPU.
    """

    name = "cyclegan"
    paper = Paper(
        "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
        "Zhu, Park, Isola, Efros",
        2017,
        "arXiv:1703.10593",
    )
    reads = "unpaired"
    task = "translate"
    presets: ClassVar = {
        "paper": {},
        "128": {"blocks": 6, "side": 143, "patch": 128},
        "cycle-alone": {"adversarial_weight": 0.0},
        "gan-alone": {"cycle_a": 0.0, "cycle_b": 0.0, "identity": 0.0},
        "forward": {"cycle_b": 0.0},
        "backward": {"cycle_a": 0.0},
        "small": {"blocks": 4, "width": 24, "judge_width": 24, "side": 110, "patch": 96, "rounds": 3000},
        "smoke": {"blocks": 1, "width": 4, "judge_width": 4, "judge_layers": 1, "side": None, "patch": 16}
        | {"pool": 2, "rounds": 4},
    }

    aim: Domain = "b"
    blocks: int = 9
    width: int = 64
    upsample: Upsampling = "transposed"
    judge_layers: int = 3
    judge_width: int = 64
    adversarial: Literal["least-squares", "log"] = "least-squares"
    adversarial_weight: float = 1.0
    cycle_a: float = 10.0
    """The weight, in [-1, 1], of what was in domain a and came back; ``cycle_b`` likewise."""
    cycle_b: float = 10.0
    identity: float = 0.5
    """The weight, in parts of those, of what is in a generator's own domain already."""
    pool: int = 50
    side: int | None = 286
    """Pictures are resized to squares of it first."""
    patch: int = 256
    batch: int = 1
    epochs: int = 100
    fading_epochs: int = 100
    rounds: int | None = None
    """In place of the epochs; the rate falls in the second half."""
    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    seed: int = 0

    def generator(self) -> Both:
        a, b = (ResNetGenerator(self.blocks, width=self.width, upsample=self.upsample) for _ in range(2))
        return Both(a, b, self.aim)

    def stages(self, data: UnpairedPhotos) -> Iterator[Stage[Unpaired]]:
        rounds, start = lengths(len(data), self.batch, self.epochs, self.fading_epochs, self.rounds)
        makes = self.generator()
        a, b = (PatchGAN(self.judge_layers, norm="instance", width=self.judge_width) for _ in range(2))
        judges = Both(a, b)
        adams = [Adam(net.parameters(), lr=self.rate, betas=self.betas, fused=True) for net in (makes, judges)]
        pools = Pool(self.pool), Pool(self.pool)
        # L1 in [0, 1] is half of what it is in [-1, 1]
        cycle = {"cycle": Paid(l1, 2 * self.cycle_a, 2 * self.cycle_b)}
        same = {"identity": Paid(l1, 2 * self.cycle_a * self.identity, 2 * self.cycle_b * self.identity)}
        game = Cycle(makes, judges, self._adversarial(), cycle, same, pools, self.adversarial_weight)
        curve = fading(rounds, start)
        yield Stage(
            "cycle",
            rounds,
            data.stream(self.batch, self.patch, side=self.side, seed=self.seed),
            versus(game, (makes, adams[0]), (judges, adams[1])),
            [follow(adam, curve) for adam in adams],
            memory={"fakes of a": pools[0], "fakes of b": pools[1]},
        )

    def _adversarial(self) -> Adversarial:
        return LeastSquares() if self.adversarial == "least-squares" else NonSaturating(halved=True)
