"""DeblurGAN: a photo that was shaken, sharp again (Kupyn et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal

from torch.optim import Adam

from ganvas.data.batches import Pairs
from ganvas.data.paired import PairedPhotos
from ganvas.data.pairs import Crops
from ganvas.data.spoilt import spoilt_pairs
from ganvas.data.stream import Stream
from ganvas.degrade.motion import FrameAverage, MotionBlur
from ganvas.game import Player, Stage, versus
from ganvas.losses.adversarial import Adversarial, LeastSquares, NonSaturating, Over, WassersteinGP
from ganvas.losses.pixel import mse
from ganvas.nets.patchgan import PatchGAN
from ganvas.nets.resnet_generator import ResNetGenerator
from ganvas.objectives.restoration import Restoration, signed
from ganvas.objectives.supervised import Loss, Supervised
from ganvas.recipes.contents import Kind, content
from ganvas.recipes.lengths import lengths
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import fading, follow


class DeblurGANRecipe(Recipe):
    """A residual generator that learns what to add, a Wasserstein critic that does not see the blurred photo, and the
    distance of VGG19's features.

    Reads pairs (the paper's WILD: GoPro); with ``spoil``, as in ``synth`` and ``frames``, photos or crops, which it
    blurs.
    All turns of a round are on one batch and one fake, the generator's first. ``as-code`` is the authors' program
    where it departs from their paper; ``mse`` and ``content`` are ablations of the thesis.
    """

    name = "deblurgan"
    paper = Paper(
        "DeblurGAN: Blind Motion Deblurring Using Conditional Adversarial Networks",
        "Kupyn, Budzan, Mykhailych, Mishkin, Matas",
        2018,
        "arXiv:1711.07064",
    )
    reads = "pairs"
    task = "deblur"
    presets: ClassVar = {
        "paper": {},
        "as-code": {"content": "deblurgan-code", "penalty_over": "channels"},
        "synth": {"spoil": "trajectory"},
        "frames": {"spoil": "frames"},
        "mse": {"content": None},
        "content": {"adversarial": None},
        "offline": {"content": "lite0", "content_weight": 2.0},
        "small": {"spoil": "trajectory", "content": "lite0", "content_weight": 2.0, "blocks": 4, "width": 16}
        | {"judge_width": 16, "patch": 96, "rounds": 4000, "rate": 2e-4},
        "smoke": {"spoil": "trajectory", "content": None, "blocks": 1, "width": 4, "judge_width": 4, "patch": 16}
        | {"judge_layers": 1, "critic_turns": 2, "rounds": 3},
    }

    spoil: Literal["nothing", "trajectory", "frames"] = "nothing"
    """What photos are blurred by, to make pairs of them; nothing: the data are pairs."""
    trajectory: MotionBlur = MotionBlur()
    frames: FrameAverage = FrameAverage()
    blocks: int = 9
    width: int = 64
    dropout: float = 0.5
    noisy: bool = True
    """Dropout at test time too, as in the authors' program."""
    global_skip: bool = True
    adversarial: Literal["wgan-gp", "lsgan", "gan"] | None = "wgan-gp"
    penalty: float = 10.0
    penalty_over: Over = "sample"
    critic_turns: int = 5
    judge_layers: int = 3
    judge_width: int = 64
    content: Kind | None = "deblurgan"
    """None: squared error in [-1, 1], which by the paper does not converge to anything meaningful."""
    content_file: Path | None = None
    content_weight: float = 100.0
    patch: int = 256
    batch: int = 1
    epochs: int = 150
    fading_epochs: int = 150
    rounds: int | None = None
    """In place of the epochs; the rate falls in the second half."""
    rate: float = 1e-4
    betas: tuple[float, float] = (0.5, 0.999)
    seed: int = 0

    def generator(self) -> ResNetGenerator:
        return ResNetGenerator(self.blocks, "instance", self.dropout, self.global_skip, self.width, noisy=self.noisy)

    def stages(self, data: PairedPhotos | Crops) -> Iterator[Stage[Pairs]]:
        rounds, start = lengths(len(data), self.batch, self.epochs, self.fading_epochs, self.rounds)
        generator = self.generator()
        critic = PatchGAN(self.judge_layers, norm="instance", padding=2, width=self.judge_width, signed=True)
        adams = [Adam(net.parameters(), lr=self.rate, betas=self.betas, fused=True) for net in (generator, critic)]
        references = {"content": self._content()}
        players: list[Player[Any]]
        if self.adversarial is None:
            players = [Player("generator", generator, Supervised(generator, references).generator_loss, adams[0])]
        else:
            game = Restoration(generator, critic, references, self._adversarial(), view=signed)
            turns = self.critic_turns if self.adversarial == "wgan-gp" else 1
            both = (generator, adams[0]), (critic, adams[1])
            players = versus(game, *both, discriminator_turns=turns, fresh=False)
        curve = fading(rounds, start)
        yield Stage("deblur", rounds, self.pairs(data), players, [follow(adam, curve) for adam in adams])

    def _adversarial(self) -> Adversarial:
        match self.adversarial:
            case "lsgan":
                return LeastSquares()
            case "gan":
                return NonSaturating()
            case _:
                return WassersteinGP(self.penalty, self.penalty_over)

    def _content(self) -> tuple[float, Loss]:
        if self.content is None:
            return 4 * self.content_weight, mse  # four times what it is in [0, 1]
        return self.content_weight, content(self.content, self.content_file)

    def pairs(self, data: PairedPhotos | Crops) -> Stream[Pairs]:
        """What is learnt from."""
        if isinstance(data, PairedPhotos):
            return data.stream(self.batch, self.patch, seed=self.seed)
        blur = self.frames if self.spoil == "frames" else self.trajectory
        margin = min(30, (data.size - self.patch) // 2)
        return spoilt_pairs(data, blur, self.batch, self.patch, margin=margin, upright=False, seed=self.seed)
