"""Small photos of many kinds, whole and broken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image


def noise(width: int, height: int, channels: int = 3, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(256, size=(height, width, channels), dtype=np.uint8)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six photos of every mode in two folders, and three files that are none."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    Image.fromarray(noise(150, 90)).save(folder / "b.jpg")
    Image.fromarray(noise(70, 100, seed=1)).save(folder / "a.png")
    Image.fromarray(noise(64, 64, 1, seed=2)[..., 0]).save(folder / "sub" / "grey.tif")
    Image.fromarray(noise(64, 40, 4, seed=3)).save(folder / "sub" / "alpha.PNG")
    Image.fromarray(noise(64, 80, 4, seed=4), mode="CMYK").save(folder / "sub" / "print.jpeg")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(noise(100, 50, seed=5)).save(folder / "turned.jpg", exif=turned)
    (folder / "cut off.jpg").write_bytes((folder / "b.jpg").read_bytes()[:4000])
    (folder / "empty.png").write_bytes(b"")
    Image.fromarray(noise(31, 200)).save(folder / "thin.png")
    (folder / "notes.txt").write_text("no picture")
    return folder
