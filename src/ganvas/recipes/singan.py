"""SinGAN: one photo is enough (Rott Shaham et al. 2019). One stage a level, the coarsest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Literal

import torch
from pydantic import Field, model_validator
from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.pyramid import Ladder, Original, Quantise, Repeated, SRPyramid, eight_bits, ladder, passes, resized
from ganvas.game import Stage, versus
from ganvas.losses.adversarial import Over
from ganvas.losses.pixel import mse
from ganvas.nets.pyramid import Noise, Pyramid, Size, Window
from ganvas.nets.singan import SinGANCritic, SinGANGenerator, width_of
from ganvas.objectives.pyramid import AdversarialGradient, LevelGame, signed
from ganvas.recipes.recipe import Paper, Recipe
from ganvas.training.schedules import follow, steps


class SinGANRecipe(Recipe):
    """The authors' code, whose numbers are the defaults; what it does otherwise than the paper are fields.

    Preset ``modern`` has the turns and rates of kligvasser's port to later versions of PyTorch, ``enlarge`` and
    ``animation`` are the authors' trainings for these tasks, ``fast`` has a third of the turns, fewer rounds and parts
    of large levels (decision 0011), ``small`` is for a CPU.
    """

    name = "singan"
    paper = Paper(
        "SinGAN: Learning a Generative Model from a Single Natural Image",
        "Rott Shaham, Dekel, Michaeli",
        2019,
        "arXiv:1905.01164",
    )
    reads = "photo"
    task = "generate"
    presets: ClassVar = {
        "official": {},
        "modern": {"rounds": 4000, "milestones": (2000,), "critic_turns": 1, "generator_turns": 1}
        | {"betas": (0.5, 0.9), "fix_z_star": True},
        "enlarge": {"alpha": 100.0, "min_size": 18, "scale_factor": 1 / passes(4)[1], "sr_pyramid": "official"}
        | {"fix_z_star": True},
        "animation": {"min_size": 20, "noise_padding": True, "fix_z_star": True},
        "fast": {"rounds": 1500, "milestones": (1200,), "critic_turns": 1, "generator_turns": 1, "window": 128},
        "small": {"max_size": 128, "rounds": 400, "milestones": (320,), "critic_turns": 1, "generator_turns": 1}
        | {"fix_z_star": True},
        "smoke": {"min_size": 12, "max_size": 20, "width": 4, "min_width": 4, "rounds": 2, "milestones": (1,)}
        | {"critic_turns": 2, "generator_turns": 2},
    }

    min_size: int = 25
    """The shorter side of the coarsest level."""
    max_size: int = 250
    """The longer side of the finest."""
    scale_factor: float = Field(0.75, gt=0, lt=1)
    sr_pyramid: SRPyramid | None = None
    """The authors' way to count the levels in super-resolution, with their slip or without."""
    resize_quantise: Quantise = "floor8"
    """What every resizing does to its input first."""
    width: int = 32
    min_width: int = 32
    """Of the hidden layers, each of which may have half the channels of the one before; it grows with the width."""
    max_width: int = 128
    blocks: int = Field(5, ge=2)
    kernel: Literal[3, 5, 7] = 3
    noise_amplitude: float = 0.1
    noise_padding: bool = False
    """Noise for the margin of a picture too, where there is none else."""
    fix_z_star: bool = False
    """The paper's noise of the reconstruction: drawn once; the code's: anew in each round."""
    inherit: bool = True
    """A level begins with the weights of the one below where they fit, as the code has it, the paper not."""
    rounds: int = 2000
    milestones: tuple[int, ...] = (1600,)
    """Rounds from which on the rates are ``gamma`` times what they were."""
    gamma: float = 0.1
    generator_rate: float = 5e-4
    critic_rate: float = 5e-4
    betas: tuple[float, float] = (0.5, 0.999)
    generator_turns: int = Field(3, ge=1)
    critic_turns: int = Field(3, ge=1)
    penalty: float = 0.1
    penalty_over: Over = "channels"
    alpha: float = 10.0
    """The weight of the reconstruction."""
    adversarial_gradient: AdversarialGradient = "recompute"
    window: int | None = None
    """The longer side of the part of a level that a round is played in, another one each time; by default all of it."""
    penalty_every: int = Field(1, ge=1)
    """In which rounds the critic pays the penalty, then as many times it."""

    @model_validator(mode="after")
    def _patch_fits(self) -> SinGANRecipe:
        if self.min_size <= 2 * self.margin + 1:
            raise ValueError(f"min_size must be larger than the {2 * self.margin + 1} pixels that the nets see")
        if self.window is not None and self.window <= 2 * (2 * self.margin + 1):
            raise ValueError(f"window must be larger than twice the {2 * self.margin + 1} pixels that the nets see")
        return self

    @property
    def margin(self) -> int:
        return self.blocks * (self.kernel - 1) // 2

    def generator(self) -> Pyramid:
        resize = partial(resized, quantise=self.resize_quantise)
        return Pyramid(resize, self.margin, noise_padding=self.noise_padding)

    def ladder(self, height: int, width: int) -> Ladder:
        """The levels of a photo."""
        return ladder(height, width, self.min_size, self.max_size, self.scale_factor, self.sr_pyramid)

    def stages(self, data: torch.Tensor) -> Iterator[Stage[Images]]:
        pyramid, rungs = self.generator(), self.ladder(*data.shape[-2:])
        photo = eight_bits(resized(data, rungs.shrink, self.resize_quantise), self.resize_quantise)
        pyramid.begin(photo, rungs.sizes, rungs.factor)
        critic: nn.Module | None = None
        for level in range(len(rungs.sizes)):
            pyramid.freeze()
            real, anchor = pyramid.real(level), self.entering(pyramid, level, "rec")
            amplitude = 1.0 if level == 0 else self.noise_amplitude * rmse(anchor, real)
            critic = self._nets(pyramid, critic, amplitude)
            yield self._stage(pyramid, critic, Images(real), anchor, Original(photo))

    def entering(self, pyramid: Pyramid, level: int, noise: Noise = "rand") -> torch.Tensor:
        """What ``level`` is given while it is trained: for the critic's fakes, or for the reconstruction ("rec")."""
        return pyramid.entering(level, noise)

    def memory(self, rungs: Ladder) -> int:
        """About how many bytes the training of the finest of ``rungs`` takes."""
        height, width = rungs.sizes[-1]
        channels = sum(self._widths(len(rungs.sizes) - 1))
        return 400_000_000 + 4 * COPIES * height * width * channels

    def _widths(self, level: int) -> list[int]:
        first = width_of(level, self.width, self.max_width)
        least = width_of(level, self.min_width, self.max_width)
        return [first, *(max(first // 2**block, least) for block in range(1, self.blocks - 1))]

    def _nets(self, pyramid: Pyramid, critic: nn.Module | None, amplitude: float) -> nn.Module:
        """Grows ``pyramid`` by a level and returns its critic, both from the level below if they have its widths."""
        level = len(pyramid.levels)
        widths = self._widths(level)
        generator, judge = SinGANGenerator(widths, self.kernel), SinGANCritic(widths, self.kernel)
        if self.inherit and critic is not None and self._widths(level - 1) == widths:
            generator.load_state_dict(pyramid.levels[-1].state_dict())
            judge.load_state_dict(critic.state_dict())
        pyramid.grow(generator, amplitude)
        return judge

    def _game(self, pyramid: Pyramid, critic: nn.Module, anchor: torch.Tensor) -> LevelGame:
        level = len(pyramid.levels) - 1
        return LevelGame(
            partial(pyramid.made, level),
            list(pyramid.levels[level].parameters()),
            critic,
            noise=partial(pyramid.noise, level),
            previous=partial(self.entering, pyramid, level),
            anchor=lambda: (anchor.to(pyramid.photo.device), pyramid.fixed_noise(level)),
            alpha=self.alpha,
            penalty=self.penalty,
            over=self.penalty_over,
            adversarial_gradient=self.adversarial_gradient,
            window=partial(part, pyramid.sizes[level], self.window),
            penalty_every=self.penalty_every,
        )

    def _stage(
        self, pyramid: Pyramid, critic: nn.Module, batch: Images, anchor: torch.Tensor, original: Original
    ) -> Stage[Images]:
        level, game = len(pyramid.levels) - 1, self._game(pyramid, critic, anchor)
        stage = self._lesson(f"level {level}", game, (pyramid, critic), batch, self.rounds, self.milestones)
        redraw = [lambda number: pyramid.redraw()] if level == 0 and not self.fix_z_star else []
        return replace(stage, schedules=[*stage.schedules, *redraw], memory={"original": original})

    def _lesson(
        self,
        name: str,
        game: LevelGame,
        nets: tuple[Pyramid, nn.Module],
        batch: Images,
        rounds: int,
        milestones: Sequence[int],
    ) -> Stage[Images]:
        """A level's ``game``, played by the pyramid that it belongs to and its critic."""
        pyramid, critic = nets
        generating = Adam(game.parameters, lr=self.generator_rate, betas=self.betas)
        judging = Adam(critic.parameters(), lr=self.critic_rate, betas=self.betas)
        curve = steps(milestones, self.gamma)
        schedules = [follow(generating, curve), follow(judging, curve), game.begin]
        players = versus(
            game,
            (pyramid, generating),
            (critic, judging),
            generator_turns=self.generator_turns,
            discriminator_turns=self.critic_turns,
            generator_first=False,
            fresh=False,
        )
        return Stage(name, rounds, Repeated(batch), players, schedules, product=pyramid)


COPIES = 13
"""How many times the maps of the hidden layers are held at the height of a round, in the penalty (measured, CPU)."""


def part(size: Size, longest: int | None) -> Window | None:
    """A random window into a picture of ``size``, of its shape, or None where the picture is no longer itself.

    Its place is drawn as if it could reach a quarter of itself over the border, and moved back, so that what is at the
    border is seen often enough.
    """
    if longest is None or max(size) <= longest:
        return None
    rows, columns = (_stretch(side, round(side * longest / max(size))) for side in size)
    return rows, columns


def _stretch(side: int, seen: int) -> slice:
    free, over = side - seen, seen // 4
    start = min(max(int(torch.randint(-over, free + over + 1, ()).item()), 0), free)
    return slice(start, start + seen)


def rmse(a: torch.Tensor, b: torch.Tensor) -> float:
    """The root of the mean squared difference, of [-1, 1], between pictures in [0, 1]."""
    return mse(signed(a), signed(b)).sqrt().item()
