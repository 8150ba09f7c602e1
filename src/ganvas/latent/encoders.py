"""Encoders, trained after the generator, and how well they invert it. One trained with it is the recipe bigan's."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import nn
from torch.optim import Adam

from ganvas.data.batches import Images
from ganvas.data.stream import Stream
from ganvas.game import Player, Round, Stage, Terms
from ganvas.latent.inversion import psnr
from ganvas.latent.kept import put
from ganvas.latent.model import Encode, Generator, LatentError
from ganvas.nets.encoder import ConvEncoder
from ganvas.training import train


class Codes(NamedTuple):
    """Codes (N, d) of a generator's prior."""

    code: torch.Tensor


@dataclass(frozen=True)
class Regression:
    """The latent regressor of BiGAN's paper (Donahue et al. 2017, section 4): E(G(z)) shall be z."""

    generator: Generator
    encoder: nn.Module

    def encoder_loss(self, batch: Codes) -> Terms:
        """Mean |E(G(z)) - z|² a component."""
        with torch.no_grad():
            image = self.generator(batch.code)
        return Terms(code=(self.encoder(image) - batch.code).square().mean())


@dataclass(frozen=True)
class Prediction:
    """iGAN's predictor (Zhu et al. 2016, equation 5): G(P(x)) shall be x, over real pictures; G stands still."""

    generator: Generator
    encoder: nn.Module

    def encoder_loss(self, batch: Images) -> Terms:
        """Mean |G(P(x)) - x|² a pixel."""
        return Terms(pixel=(self.generator(self.encoder(batch.image)) - batch.image).square().mean())


Watch = Callable[[Round], None]


def encoder_for(generator: Generator, width: int = 32) -> ConvEncoder:
    """A new encoder for the pictures of ``generator``, bounded where the codes are."""
    return ConvEncoder(*generator.shape, generator.dims, width, bounded=generator.prior == "uniform")


def regressed(
    generator: Generator,
    rounds: int = 2000,
    *,
    encoder: ConvEncoder | None = None,
    batch: int = 64,
    rate: float = 1e-3,
    seed: int = 0,
    watch: Watch = lambda played: None,
) -> ConvEncoder:
    """``encoder``, or a new one, after ``rounds`` of :class:`Regression`, on pictures that ``generator`` makes."""
    net = _begun(generator, encoder, seed)

    def draw(random: np.random.Generator, rows: slice, position: int) -> Codes:
        return Codes(generator.sample(batch, int(random.integers(2**31)))[rows])

    loss = Regression(generator, net).encoder_loss
    player = Player("encoder", net, loss, _adam(net, rate))
    return _trained(net, Stage("regression", rounds, Stream(draw, batch, seed), [player]), watch)


def predicted(
    generator: Generator,
    pictures: Stream[Images],
    rounds: int = 2000,
    *,
    encoder: ConvEncoder | None = None,
    rate: float = 2e-4,
    decay: float = 1e-5,
    seed: int = 0,
    watch: Watch = lambda played: None,
) -> ConvEncoder:
    """``encoder``, or a new one, after ``rounds`` of :class:`Prediction` on real ``pictures``; iGAN's numbers."""
    net = _begun(generator, encoder, seed)
    loss = Prediction(generator, net).encoder_loss
    player = Player("encoder", net, loss, _adam(net, rate, decay))
    return _trained(net, Stage("prediction", rounds, pictures, [player]), watch)


@dataclass(frozen=True)
class Inverse:
    """How well an encoder inverts: mean distances |x - G(E(x))| and |z - E(G(z))|, and the same for pictures and codes
    that do not belong together. A ratio of 1 is no inversion at all.
    """

    picture: float
    picture_chance: float
    code: float
    code_chance: float

    @property
    def ratio(self) -> float:
        return self.picture / self.picture_chance

    @property
    def code_ratio(self) -> float:
        return self.code / self.code_chance


@torch.no_grad()
def inverse(generator: Generator, encode: Encode, images: torch.Tensor, seed: int = 0) -> Inverse:
    """How well ``encode`` inverts ``generator``, on real ``images`` (N, C, H, W), two at least, and on N codes."""
    again = generator(encode(images))
    codes = generator.sample(len(images), seed)
    back = encode(generator(codes))
    return Inverse(*_distances(images, again), *_distances(codes, back))


def neighbour_accuracy(
    known: torch.Tensor, labels: torch.Tensor, asked: torch.Tensor, truth: torch.Tensor, part: int = 512
) -> float:
    """The share of ``asked`` features (M, d) whose nearest among ``known`` (N, d) has the label that is the
    ``truth``.
    """
    nearest = torch.cat([torch.cdist(rows, known).argmin(1) for rows in asked.flatten(1).split(part)])
    return float((labels[nearest] == truth).float().mean())


@torch.no_grad()
def reconstructed(generator: Generator, encode: Encode, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """G(E(x)) of ``images``, and how near each is to them in decibels, (N,)."""
    made = generator(encode(images))
    return made, psnr(made, images)


def keep(path: Path, encoder: ConvEncoder) -> None:
    """Writes ``encoder`` to ``path``, a .safetensors; it is whole or not there."""
    put(path, encoder.state_dict(), {"encoder": json.dumps(encoder.settings)})


def recalled(path: Path, generator: Generator) -> ConvEncoder:
    """The encoder that :func:`keep` wrote to ``path``, for the pictures and codes of ``generator``."""
    try:
        with safe_open(path, framework="pt") as file:
            settings = json.loads((file.metadata() or {})["encoder"])
            net = ConvEncoder(**settings)
            net.load_state_dict({name: file.get_tensor(name) for name in net.state_dict()})
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError):
        raise LatentError(f"{path} holds no encoder: give a file that `ganvas latent encode --save` wrote") from None
    channels, height, across = generator.shape
    own = {"channels": channels, "height": height, "across": across, "dims": generator.dims}
    if any(settings[key] != value for key, value in own.items()):
        raise LatentError(f"the encoder in {path} belongs to another model: its pictures or codes have another size")
    return net.eval().requires_grad_(False)


def _begun(generator: Generator, encoder: ConvEncoder | None, seed: int) -> ConvEncoder:
    """``encoder`` ready to learn; a new one's weights follow from ``seed`` and disturb no other chance."""
    if encoder is None:
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            encoder = encoder_for(generator)
    return encoder.train().requires_grad_(True)


def _adam(net: nn.Module, rate: float, decay: float = 0.0) -> Adam:
    return Adam(net.parameters(), lr=rate, betas=(0.5, 0.999), weight_decay=decay)


def _trained(net: ConvEncoder, stage: Stage[Codes] | Stage[Images], watch: Watch) -> ConvEncoder:
    for played in train([stage]):
        watch(played)
    return net.eval().requires_grad_(False)


def _distances(truth: torch.Tensor, made: torch.Tensor) -> tuple[float, float]:
    """Mean distance of what belongs together, and of each from its neighbour's."""
    own, other = ((truth - each).flatten(1).norm(dim=1).mean() for each in (made, made.roll(1, 0)))
    return float(own), float(other)
