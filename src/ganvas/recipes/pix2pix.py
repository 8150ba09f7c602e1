"""Pix2Pix: from one picture to another (Isola et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import Spoil, spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.removal import without_centre, without_colour
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import NonSaturating
from ganvas.losses.pixel import l1
from ganvas.nets.colouring import Colouring
from ganvas.nets.normalisation import Norm
from ganvas.nets.patchgan import PatchGAN
from ganvas.nets.unet_generator import UNetGenerator
from ganvas.objectives.restoration import Restoration
from ganvas.objectives.supervised import Supervised
from ganvas.recipes.lengths import lengths
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import fading, follow

SPOILS: dict[str, Spoil] = {"colour": without_colour, "centre": without_centre}


class Pix2PixRecipe(Recipe):
    """A U-Net against a discriminator of patches that sees the input too, and L1.

    Reads pairs: two folders, or pictures with both side by side; with ``spoil`` photos or crops, of which colour or
    centre are taken. The generator moves first, so that both players share one fake, where the authors' discriminator
    does. Presets ``l1``, ``gan``, ``l1-gan`` and ``cgan`` are the paper's table 1, ``encoder-decoder`` its table 2,
    ``patch-1`` to ``patch-286`` its table 3; ``colour`` is its colourisation, ``small`` for a CPU.
    """

    name = "pix2pix"
    paper = Paper(
        "Image-to-Image Translation with Conditional Adversarial Networks",
        "Isola, Zhu, Zhou, Efros",
        2017,
        "arXiv:1611.07004",
    )
    reads = "pairs"
    task = "translate"
    presets: ClassVar = {
        "paper": {},
        "l1": {"judged": "nothing"},
        "gan": {"judged": "results", "l1_weight": 0.0},
        "l1-gan": {"judged": "results"},
        "cgan": {"l1_weight": 0.0},
        "encoder-decoder": {"skips": False},
        "patch-1": {"patch_layers": 0},
        "patch-16": {"patch_layers": 1},
        "patch-286": {"patch_layers": 5},
        "colour": {"spoil": "colour", "batch": 4, "epochs": 6, "fading_epochs": 0},
        "inpainting": {"spoil": "centre", "batch": 4, "epochs": 25, "fading_epochs": 0},
        "small": {"levels": 6, "width": 24, "judge_width": 24, "side": 143, "patch": 128, "rounds": 4000},
        "smoke": {"levels": 3, "width": 4, "judge_width": 4, "side": None, "patch": 16, "rounds": 4, "patch_layers": 1},
    }

    spoil: Literal["nothing", "colour", "centre"] = "nothing"
    """What is taken of photos to make pairs of them; nothing: the data are pairs."""
    swapped: bool = False
    """From the target to the input: facades from their labels, or labels from facades."""
    levels: int = 8
    """How often the sides are halved; eight fit 256 pixels."""
    width: int = 64
    skips: bool = True
    norm: Norm = "batch"
    dropout: float = 0.5
    dropout_from: Literal["torch", "pytorch"] = "torch"
    noisy: bool = True
    """Dropout at test time too, the only source of chance."""
    judged: Literal["pairs", "results", "nothing"] = "pairs"
    """What the discriminator sees: the result beside its input, the result alone, or there is none."""
    patch_layers: int = 3
    judge_width: int = 64
    l1_weight: float = 100.0
    """In [-1, 1], as in the paper."""
    side: int | None = 286
    """Pairs are resized to squares of it first."""
    patch: int = 256
    batch: int = 1
    epochs: int = 100
    fading_epochs: int = 100
    """In which the rate falls to nothing; the authors' first program held it for all 200."""
    rounds: int | None = None
    """In place of the epochs; the rate falls in the second half."""
    rate: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    seed: int = 0

    def generator(self) -> nn.Module:
        inputs, outputs = (1, 2) if self.spoil == "colour" else (3, 3)
        net = UNetGenerator(
            inputs,
            outputs,
            self.levels,
            self.width,
            self.norm,
            self.skips,
            self.dropout,
            self.dropout_from,
            noisy=self.noisy,
        )
        return Colouring(net) if self.spoil == "colour" else net

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Pairs]]:
        rounds, start = lengths(len(data), self.batch, self.epochs, self.fading_epochs, self.rounds)
        generator, discriminator = self.generator(), self._discriminator()
        adams = [
            Adam(net.parameters(), lr=self.rate, betas=self.betas, fused=True) for net in (generator, discriminator)
        ]
        # L1 in [0, 1] is half of what it is in [-1, 1]
        references = {"l1": (2 * self.l1_weight, l1)} if self.l1_weight else {}
        game = Restoration(
            generator, discriminator, references, NonSaturating(halved=True), conditional=self.judged == "pairs"
        )
        alone = Supervised(generator, references)
        players: list[Player[Any]] = versus(game, (generator, adams[0]), (discriminator, adams[1]))
        if self.judged == "nothing":
            players = [Player("generator", generator, alone.generator_loss, adams[0])]
        curve = fading(rounds, start)
        yield Stage("translate", rounds, self.pairs(data), players, [follow(adam, curve) for adam in adams])

    def _discriminator(self) -> PatchGAN:
        return PatchGAN(self.patch_layers, 6 if self.judged == "pairs" else 3, self.norm, width=self.judge_width)

    def pairs(self, data: PairedPhotos | Crops) -> Stream[Pairs]:
        """What is learnt from."""
        if isinstance(data, PairedPhotos):
            return data.stream(self.batch, self.patch, side=self.side, swapped=self.swapped, seed=self.seed)
        return spoilt_pairs(data, SPOILS[self.spoil], self.batch, self.patch, seed=self.seed)
