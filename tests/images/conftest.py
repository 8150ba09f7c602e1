"""Small pictures and profiles, made here."""

from __future__ import annotations

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from PIL import ImageCms


@pytest.fixture(scope="session")
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def cmyk() -> bytes:
    """The printer profile that is built into libvips, so that the tests need none of the machine."""
    return pyvips.Operation.call("profile_load", "cmyk")


@pytest.fixture
def noise() -> NDArray[np.uint8]:
    """RGBA, (37, 53, 4)."""
    return np.random.default_rng(0).integers(0, 256, (37, 53, 4), dtype=np.uint8)


@pytest.fixture
def smooth() -> NDArray[np.uint8]:
    """RGB, (48, 64, 3), that survives lossy coding."""
    y, x = np.mgrid[0:48, 0:64]
    return np.stack((x * 3 + 20, y * 4 + 10, 240 - x - y), axis=-1).astype(np.uint8)
