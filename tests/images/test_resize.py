"""Resizing equals MATLAB's imresize: its definition, written out slowly, and the published figures."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ganvas.images import Kernel, luma, read, resize, taps, to_linear

SET5 = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "eval" / "Set5"


def keys(x: float) -> float:
    """Cubic convolution, Keys 1981, equation 4, with a = -1/2."""
    x = abs(x)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


def triangle(x: float) -> float:
    return max(0.0, 1 - abs(x))


def square(x: float) -> float:
    return 1.0 if -0.5 <= x < 0.5 else 0.0


KERNELS = {"bicubic": (keys, 4), "bilinear": (triangle, 2), "box": (square, 1)}


def matrix(length: int, resized: int, factor: float, kernel: Kernel) -> NDArray[np.float64]:
    """The sum over one axis as a matrix, from the definition: imresize.m, function contributions."""
    function, width = KERNELS[kernel]
    shrink = min(factor, 1.0)
    support = width / shrink
    result = np.zeros((resized, length))
    for out in range(1, resized + 1):
        centre = out / factor + 0.5 * (1 - 1 / factor)
        left = math.floor(centre - support / 2)
        weights = [(at, shrink * function(shrink * (centre - at))) for at in range(left, left + math.ceil(support) + 2)]
        total = sum(weight for _, weight in weights)
        for at, weight in weights:
            folded = (at - 1) % (2 * length)
            result[out - 1, min(folded, 2 * length - 1 - folded)] += weight / total
    return result


def reference(image: torch.Tensor, scale: float, kernel: Kernel) -> NDArray[np.float64]:
    height, width = image.shape[-2:]
    down = matrix(height, math.ceil(height * scale), scale, kernel)
    across = matrix(width, math.ceil(width * scale), scale, kernel)
    return np.einsum("oh,nchw,pw->ncop", down, image.numpy(), across, optimize=True)


@pytest.mark.parametrize("kernel", ["bicubic", "bilinear", "box"])
@pytest.mark.parametrize("scale", [2.0, 3.0, 4.0, 1.5, 0.5, 1 / 3, 0.25, 0.7])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (17, 24), (31, 13)])
def test_equals_the_definition(size: tuple[int, int], scale: float, kernel: Kernel) -> None:
    image = torch.rand(2, 3, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    result = resize(image, scale=scale, kernel=kernel).numpy()
    expected = reference(image, scale, kernel)
    assert result.shape == expected.shape
    assert np.abs(result - expected).max() < 1e-12


@pytest.mark.parametrize("scale", [2.0, 0.5])
def test_a_very_thin_picture(scale: float) -> None:
    image = torch.rand(1, 1, 3, 2000, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert np.abs(resize(image, scale=scale).numpy() - reference(image, scale, "bicubic")).max() < 1e-12


def test_float32_is_close_to_float64() -> None:
    image = torch.rand(1, 3, 40, 50, generator=torch.Generator().manual_seed(2))
    for scale in (0.25, 3.0):
        exact = resize(image.double(), scale=scale)
        assert (resize(image, scale=scale) - exact).abs().max() < 2e-6


@given(
    st.integers(1, 40), st.integers(1, 40), st.integers(1, 60), st.integers(1, 60),
    st.sampled_from(["bicubic", "bilinear", "box"]), st.booleans(),
)  # fmt: skip
@settings(deadline=None)
def test_a_constant_stays_constant(
    height: int, width: int, tall: int, wide: int, kernel: Kernel, linear_light: bool
) -> None:
    image = torch.full((1, 1, height, width), 0.3, dtype=torch.float64)
    result = resize(image, (tall, wide), kernel=kernel, linear_light=linear_light)
    assert result.shape == (1, 1, tall, wide)
    assert (result - 0.3).abs().max() < 1e-9


@given(st.integers(1, 80), st.sampled_from([4.0, 2.0, 3.0, 0.5, 0.3, 1.0]), st.data())
@settings(deadline=None)
def test_taps_give_a_window_alone(length: int, scale: float, data: st.DataObject) -> None:
    column = torch.rand(length, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    resized = math.ceil(length * scale)
    first = data.draw(st.integers(0, resized - 1))
    last = data.draw(st.integers(first + 1, resized))
    index, weight = taps(length, resized, scale)
    window = (column[index[first:last]] * weight[first:last]).sum(dim=1)
    whole = resize(column.view(1, 1, length, 1), (resized, 1))
    assert index.min() >= 0
    assert index.max() < length
    assert torch.allclose(weight.sum(dim=1), torch.ones(resized, dtype=torch.float64))
    if math.isclose(resized / length, scale):
        assert (window - whole[0, 0, first:last, 0]).abs().max() < 1e-12
    else:
        exact = matrix(length, resized, scale, "bicubic") @ column.numpy()
        assert np.abs(window.numpy() - exact[first:last]).max() < 1e-12


def test_stripes_average_in_linear_light() -> None:
    stripes = torch.tensor([0.0, 1.0] * 8).view(1, 1, 1, 16)
    light = to_linear(resize(stripes, (1, 8), kernel="box", linear_light=True))
    assert (light - 0.5).abs().max() < 1e-6
    assert (resize(stripes, (1, 8), kernel="box") - 0.5).abs().max() < 1e-6


def test_either_size_or_scale() -> None:
    image = torch.zeros(1, 1, 2, 2)
    for size, scale in ((None, None), ((1, 1), 2.0)):
        with pytest.raises(ValueError, match="either size or scale"):
            resize(image, size, scale)


def psnr_of_bicubic(path: Path, scale: int) -> float:
    """The protocol of the literature: reduced, rounded to 8 bits, enlarged, compared in Y inside of the border."""
    high = read(path).tensor().double()
    height, width = (side - side % scale for side in high.shape[-2:])
    high = high[..., :height, :width]
    low = (resize(high, scale=1 / scale).clamp(0, 1) * 255).round() / 255
    again = (resize(low, scale=float(scale)).clamp(0, 1) * 255).round() / 255
    inside = (..., slice(scale, -scale), slice(scale, -scale))
    # The figures are those of 8-bit luma, as rgb2ycbcr of uint8 returns it.
    error = ((luma(high) * 255).round() - (luma(again) * 255).round())[inside]
    return float(10 * torch.log10(255**2 / error.square().mean()))


@pytest.mark.skipif(not SET5.is_dir(), reason="Set5 is not here")
@pytest.mark.parametrize(("scale", "published"), [(2, 33.66), (3, 30.39), (4, 28.42)])
def test_published_figures_of_bicubic_on_set5(scale: int, published: float) -> None:
    pictures = sorted(path for path in SET5.rglob("*") if path.suffix in (".png", ".bmp"))
    assert len(pictures) == 5
    mean = sum(psnr_of_bicubic(path, scale) for path in pictures) / 5
    assert mean == pytest.approx(published, abs=0.02)
