"""Small made pictures in folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.images import Picture, resize, write


def _picture(height: int, width: int, seed: int = 0, channels: int = 3) -> Picture:
    coarse = torch.rand(1, channels, 7, 7, generator=torch.Generator().manual_seed(seed))
    image = resize(coarse, (height, width)).clamp(0, 1).mul(255).round().div(255)
    return Picture(np.ascontiguousarray(image[0].permute(1, 2, 0).numpy()))


@pytest.fixture
def made() -> Callable[..., Picture]:
    """``made(height, width, seed=0, channels=3)``: smooth random colours, rounded to 8 bits."""
    return _picture


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """``folder("truth", {"a.png": picture})`` makes a folder of pictures."""

    def make(name: str, pictures: dict[str, Picture]) -> Path:
        for path, picture in pictures.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write(picture, target)
        return tmp_path / name

    return make
