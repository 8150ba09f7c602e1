"""A trained photo from its file, and what all its tasks ask of it."""

from __future__ import annotations

from collections.abc import Generator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from ganvas.errors import GanvasError
from ganvas.images import Picture, is_picture
from ganvas.nets.pyramid import Pyramid
from ganvas.weights import load


class SingleError(GanvasError):
    """What cannot be made of one photo; the message is one sentence for the user."""


def opened(model: str | Path) -> Pyramid:
    """The trained photo in the file ``model``, a ``model.safetensors`` of the recipe singan."""
    if is_picture(Path(model)):
        raise SingleError(
            f"{model} is a picture, not a trained photo: give the model.safetensors that `ganvas single train` makes "
            "of it; samples, edits and paintings need no training with --engine patches"
        )
    product = load(model)
    if not isinstance(product.net, Pyramid) or not len(product.net.levels):
        raise SingleError(
            f"{model} holds no trained photo (its recipe is {product.card.recipe}): give the model.safetensors that "
            "`ganvas single train` made"
        )
    return product.net


def learnt(pyramid: Pyramid) -> Picture:
    """The photo as the finest level has learnt it."""
    return Picture.from_tensor(pyramid.real(len(pyramid.levels) - 1))


class Levelled(Protocol):
    """Whatever has levels."""

    @property
    def levels(self) -> Sized: ...


def checked(photo: Levelled, level: int, first: int = 0) -> int:
    """``level``, if ``photo`` has it and it is ``first`` at least."""
    last = len(photo.levels) - 1
    if last < first:
        raise SingleError("this photo was learnt in one level only: no picture can enter above it")
    return within(level, first, last)


def within(level: int, first: int, last: int) -> int:
    """``level``, if it is one from ``first`` to ``last``."""
    if not first <= level <= last:
        raise SingleError(f"level {level} does not exist here: give one from {first} (coarsest) to {last} (finest)")
    return level


@contextmanager
def seeded(pyramid: Pyramid, seed: int) -> Generator[None]:
    """What ``pyramid`` draws within follows from ``seed``; outside nothing of that is noticed.

    It is not what a training of the same seed draws: that begins with the noise of the reconstruction.
    """
    device = pyramid.photo.device
    with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.no_grad():
        torch.manual_seed(seeds(seed, 1)[0])
        yield


def seeds(seed: int, count: int) -> list[int]:
    """``count`` seeds that follow from ``seed``, negative or not; the first are the same whatever the count."""
    return np.random.SeedSequence([abs(seed), int(seed < 0)]).generate_state(count).tolist()
