"""A folder of small pictures and a model for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.recipes.compact import CompactRecipe
from ganvas.weights import describe, store


@pytest.fixture
def model(tmp_path: Path) -> str:
    """An untrained Compact of scale 2, which is bicubic interpolation."""
    recipe = CompactRecipe(scale=2, width=4, depth=1)
    net = recipe.generator()
    store(tmp_path / "small.safetensors", net, describe(recipe, net))
    return str(tmp_path / "small.safetensors")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures, one in a folder below, and a file that is none."""
    place = tmp_path / "photos"
    (place / "more").mkdir(parents=True)
    for number, name in enumerate(("a.png", "b.png", "c.jpg", "d.png", "more/e.png")):
        coarse = np.random.default_rng(number).integers(60, 180, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((32, 24 + 2 * number), Image.Resampling.BICUBIC).save(place / name)
    (place / "broken.png").write_bytes(b"no picture at all, whatever its name says")
    return place


@pytest.fixture
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Every file below a folder, hidden ones too."""
    return lambda folder: {
        str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
