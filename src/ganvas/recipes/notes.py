"""The notes' enlarger: many heads to compare, a judge of every place, and praise that ends where the fake has won."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.pairs import Crops, low_high_pairs
from ganvas.degrade import Reduction
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import NonSaturating, Pairing
from ganvas.losses.pixel import mse
from ganvas.nets.notes_discriminators import NOTES_DISCRIMINATORS, Pieces, Strided
from ganvas.nets.notes_generators import NOTES_GENERATORS, NotesGenerator, TwiceX2, Upsampler
from ganvas.objectives.restoration import Restoration, shifted, whole
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.recipe import Paper, Recipe

Generator = Literal["espcn", "tail", "x2x2", "dilated", "dilated-x2x2", "rrdb-proto", "rrdb-x2"]
Discriminator = Literal["base", "deep", "dilated", "dilated8"]


class NotesRecipe(Recipe):
    """Squared error, features at full and half size and a relativistic judge, together from the first round on.

    Rates are for batches of eight and scale with the batch. The stages have their own Adam each. Preset ``flowers`` is
    the protocol of most comparisons, ``final`` that of the last net, for scale 2 (applied twice it enlarges four times:
    ``twice``); the others change one thing each.
    """

    name = "notes"
    paper = Paper(
        "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks",
        "Wang, Yu, Wu et al., as the notes took it further",
        2018,
        "arXiv:1809.00219",
    )
    reads = "crops"
    task = "enlarge"
    presets: ClassVar = {
        "flowers": {},
        **{head: {"net": head} for head in ("espcn", "tail", "dilated", "dilated-x2x2", "rrdb-proto")},
        **{up: {"upsampler": up} for up in ("nearest", "bilinear", "transposed")},
        "strided": {"strided": 4},
        "dropout": {"dropout": 0.5},
        "one-sided": {"one_sided": True},
        "judged-alone": {"relativistic": False},
        "no-judge": {"adversarial_weight": 0.0},
        "pixels-alone": {"adversarial_weight": 0.0, "content": None},
        "decaying-features": {"content_decay": 0.5},
        "final": {
            "net": "rrdb-x2",
            "judge": "dilated",
            "one_sided": True,
            "shift": 8,
            "turns": 10,
            "batch": 1,
            "patch": 128,
            "reduction": "bilinear",
            "adversarial_weight": 3e-4,
            "rates": (1e-4, 1e-4, 3e-5, 1e-5, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7),
            "judge_rates": (1e-4, 1e-4, 1e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7),
            "rounds": (100, 10_000, 10_000, 20_000, 40_000, 40_000, 80_000, 80_000, 80_000),
        },
        "small": {"content": "lite0", "content_weight": 0.01, "patch": 32, "batch": 4, "judge": "base"}
        | {"judge_width": 16, "rounds": (3_000, 1_000)},
        "smoke": {"judge": "base", "judge_width": 4, "content": None, "batch": 2, "patch": 8, "turns": 2}
        | {"net": "espcn", "rounds": (3, 2)},
    }

    net: Generator = "x2x2"
    upsampler: Upsampler = "shuffle"
    twice: bool = False
    """Deploys a net for scale 2 applied twice."""
    judge: Discriminator = "deep"
    judge_width: int = 32
    strided: Strided | None = None
    dropout: float = 0.0
    shift: int = 4
    """Real and fake are cut at a common random place below this before they are judged; 0: never."""
    relativistic: bool = True
    """Off: the judge sees one picture at a time, and both sides pay cross-entropy."""
    one_sided: bool = False
    turns: int = 1
    """Of the judge in a round, all on the same pictures."""
    reduction: Reduction = "linear-box"
    batch: int = 8
    patch: int = 64
    rates: tuple[float, ...] = (3e-4, 1e-4)
    judge_rates: tuple[float, ...] = (1e-4, 3e-5)
    rounds: tuple[int, ...] = (6_400, 12_800)
    """Of the stages; the notes count 50 and 100 epochs of 1,020 flowers."""
    pixel_weight: float = 1.0
    content: Kind | None = "notes"
    content_file: Path | None = None
    content_weight: float = 1e-4
    content_decay: float = 1.0
    """From one layer to the next."""
    adversarial_weight: float = 1e-3
    seed: int = 0

    @property
    def scale(self) -> int:
        return 4 if self.twice or self.net != "rrdb-x2" else 2

    def generator(self) -> NotesGenerator:
        return NOTES_GENERATORS[self.net](self.upsampler)

    def deployed(self, net: nn.Module) -> nn.Module:
        assert isinstance(net, NotesGenerator)
        return TwiceX2(net) if self.twice else net

    def stages(self, data: Crops) -> Iterator[Stage[Any]]:
        generator = self.generator()
        judge = NOTES_DISCRIMINATORS[self.judge](Pieces(self.judge_width, self.strided, self.dropout))
        view = shifted(self.shift) if self.shift else whole
        references = self._references()
        adversarial = Pairing(self.one_sided) if self.relativistic else NonSaturating(halved=True)
        game = Restoration(generator, judge, references, adversarial, self.adversarial_weight, view)
        share = self.batch / 8
        for index, (rate, judge_rate, rounds) in enumerate(zip(self.rates, self.judge_rates, self.rounds, strict=True)):
            pairs = low_high_pairs(
                data,
                scale=generator.scale,
                batch=self.batch,
                patch=self.patch,
                reduction=self.reduction,
                seed=self.seed + index,
            )
            adam = Adam(generator.parameters(), lr=rate * share)
            if self.adversarial_weight:
                other = Adam(judge.parameters(), lr=judge_rate * share)
                players: Sequence[Player[Any]] = versus(
                    game, (generator, adam), (judge, other), discriminator_turns=self.turns, fresh=False
                )
            else:
                players = [Player("generator", generator, Supervised(generator, references).generator_loss, adam)]
            yield Stage[Any](f"rate-{index + 1}", rounds, pairs, players)

    def _references(self) -> dict[str, tuple[float, Loss]]:
        references: dict[str, tuple[float, Loss]] = {"pixel": (self.pixel_weight, mse)}
        if self.content is not None:
            full, half = (
                content(self.content, self.content_file, decay=self.content_decay, halved=halved, shifted=True)
                for halved in (False, True)
            )
            references |= {"content": (self.content_weight, full), "content-half": (self.content_weight, half)}
        return references
