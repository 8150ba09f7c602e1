"""Small pictures to measure on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.images import Picture, resize, write


def made(height: int, width: int, seed: int = 0) -> Picture:
    coarse = torch.rand(1, 3, height // 8, width // 8, generator=torch.Generator().manual_seed(seed))
    image = resize(coarse, (height, width)).clamp(0, 1).mul(255).round().div(255)
    return Picture(np.ascontiguousarray(image[0].permute(1, 2, 0).numpy()))


@pytest.fixture
def photo() -> Picture:
    return made(112, 104)


@pytest.fixture
def test_set(tmp_path: Path) -> Path:
    """A folder of two pictures, one of them of odd sides."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index, (height, width) in enumerate([(112, 104), (99, 121)]):
        write(made(height, width, index), folder / f"{index}.png")
    return folder
