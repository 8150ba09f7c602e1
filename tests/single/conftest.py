"""A small pyramid with weights that do something, without training."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch

from ganvas.data.pyramid import ladder, resized
from ganvas.nets.pyramid import Pyramid
from ganvas.nets.singan import SinGANGenerator
from ganvas.recipes.singan import SinGANRecipe
from ganvas.weights import describe, store


def grown(noise_padding: bool = False, size: tuple[int, int] = (60, 80)) -> Pyramid:
    """Levels of a smooth photo whose nets amplify noise a little."""
    torch.manual_seed(0)
    pyramid = Pyramid(partial(resized, quantise="floor8"), noise_padding=noise_padding)
    rungs = ladder(*size, min_size=25)
    coarse = torch.rand(1, 3, 5, 6)
    photo = torch.nn.functional.interpolate(coarse, size=size, mode="bicubic").clamp(0, 1)
    pyramid.begin((photo * 255).byte(), rungs.sizes, rungs.factor)
    for level in range(len(rungs.sizes)):
        net = SinGANGenerator([4, 4, 4, 4])
        for kernel in (p for p in net.parameters() if p.ndim == 4):
            torch.nn.init.normal_(kernel, 0, 0.2)
        pyramid.grow(net, 1.0 if level == 0 else 0.2)
    pyramid.freeze()
    return pyramid


@pytest.fixture(scope="session")
def pyramid() -> Pyramid:
    return grown()


@pytest.fixture(scope="session")
def padded() -> Pyramid:
    """As the preset ``animation`` has it."""
    return grown(noise_padding=True)


@pytest.fixture(scope="session")
def trained(pyramid: Pyramid, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a file."""
    path = tmp_path_factory.mktemp("trained") / "model.safetensors"
    store(path, pyramid, describe(SinGANRecipe(), pyramid))
    return path
