"""What several tests share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


class MadeCrops:
    """Smooth random colour crops, 32 pixels a side, in memory."""

    size = 32

    def __init__(self, count: int = 12) -> None:
        coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(0))
        fine = torch.nn.functional.interpolate(coarse, size=self.size, mode="bicubic").clamp(0, 1)
        self.pixels: NDArray[np.uint8] = (fine * 255).byte().permute(0, 2, 3, 1).numpy()

    def __len__(self) -> int:
        return len(self.pixels)

    def choose(self, random: np.random.Generator, position: int, batch: int) -> NDArray[np.int64]:
        return random.integers(len(self), size=batch)

    def __getitem__(self, index: NDArray[np.int64]) -> NDArray[np.uint8]:
        return self.pixels[index]


@pytest.fixture
def crops() -> MadeCrops:
    return MadeCrops()


@pytest.fixture
def photo(crops: MadeCrops) -> torch.Tensor:
    """A smooth colour photo of 24 x 18 pixels with 8 bits, (1, 3, 18, 24) in [0, 1]."""
    return torch.from_numpy(crops.pixels[0, :18, :24]).permute(2, 0, 1)[None].float() / 255


@pytest.fixture
def readable(crops: MadeCrops, photo: torch.Tensor) -> dict[str, object]:
    """What the stages of a recipe are given, by what it ``reads``."""
    return {"crops": crops, "photo": photo, "nothing": None}


@pytest.fixture
def shared_data() -> Path:
    """The folder of evaluation sets and photographs beside the project; tests that need it are skipped elsewhere."""
    if not SHARED.is_dir():
        pytest.skip("the evaluation sets are not here")
    return SHARED


@pytest.fixture
def prepared(tmp_path: Path, crops: MadeCrops) -> Path:
    """A folder of crops as `ganvas prepare` leaves it, as far as training reads it."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    np.save(folder / "crops.npy", crops.pixels)
    return folder
