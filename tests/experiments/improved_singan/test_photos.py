"""What is held back of photos, and photos of which nothing can be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganvas.degrade import reduce
from ganvas.experiments import ExperimentError
from ganvas.experiments.improved_singan.arms import ORIGINAL, recipe
from ganvas.experiments.improved_singan.photos import photos_in
from ganvas.images import Picture, write
from ganvas.metrics import MetricError

RECIPE = recipe(ORIGINAL, "smoke")


def stored(path: Path, height: int, width: int, channels: int = 3) -> Path:
    pixels = np.random.default_rng(0).random((height, width, channels), dtype=np.float32)
    write(Picture(pixels), path)
    return path


def test_a_fourth_is_learnt_and_all_of_it_is_held_back(tmp_path: Path) -> None:
    (photo,) = photos_in(stored(tmp_path / "a.png", 131, 150), RECIPE)
    assert photo.name == "a"
    assert (photo.truth.height, photo.truth.width) == (128, 148)
    assert (photo.low.height, photo.low.width) == (32, 37)
    assert torch.equal(photo.low.tensor(), reduce(photo.truth.tensor().double(), 4).float())


def test_a_large_photo_is_first_made_as_large_as_can_be_learnt(tmp_path: Path) -> None:
    (photo,) = photos_in(stored(tmp_path / "a.png", 260, 320, 1), RECIPE)
    assert (photo.truth.width, photo.low.width) == (4 * RECIPE.max_size, RECIPE.max_size)
    assert photo.truth.height == 128  # 130 and a half is no multiple of 4
    assert not photo.truth.grey


def test_what_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MetricError, match="there is no picture in"):
        photos_in(tmp_path, RECIPE)
    with pytest.raises(MetricError, match="there is no folder"):
        photos_in(tmp_path / "missing", RECIPE)
    stored(tmp_path / "small.png", 127, 160)
    with pytest.raises(ExperimentError, match=r"small.png has 160 x 127 pixels, of which 40 x 31 .* at least 32"):
        photos_in(tmp_path, RECIPE)
    stored(tmp_path / "small.png", 130, 400)  # whose shorter side is lost with the longer one
    with pytest.raises(ExperimentError, match="of which 40 x 13"):
        photos_in(tmp_path, RECIPE)
    stored(tmp_path / "small.png", 128, 128)
    stored(tmp_path / "small.jpg", 128, 128)
    with pytest.raises(ExperimentError, match="are both called small"):
        photos_in(tmp_path, RECIPE)
