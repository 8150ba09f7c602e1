"""Luma and linear light against their standards."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganvas.images import luma, to_linear, to_srgb


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((0, 0, 0), 16), ((1, 1, 1), 235), ((1, 0, 0), 81.481), ((0, 1, 0), 144.553), ((0, 0, 1), 40.966)],
)
def test_luma_is_that_of_bt601(colour: tuple[float, float, float], expected: float) -> None:
    image = torch.tensor(colour, dtype=torch.float64).view(1, 3, 1, 1).expand(2, 3, 4, 5)
    result = luma(image)
    assert result.shape == (2, 1, 4, 5)
    assert torch.allclose(result * 255, torch.full((2, 1, 4, 5), expected, dtype=torch.float64))


@pytest.mark.parametrize(
    ("encoded", "light"), [(0.0, 0.0), (1.0, 1.0), (0.5, 0.21404114), (0.04045, 0.0031308), (0.02, 0.02 / 12.92)]
)
def test_the_curve_of_srgb(encoded: float, light: float) -> None:
    assert to_linear(torch.tensor(encoded, dtype=torch.float64)).item() == pytest.approx(light, abs=1e-7)
    assert to_srgb(torch.tensor(light, dtype=torch.float64)).item() == pytest.approx(encoded, abs=1e-6)


@given(st.floats(0, 1), st.one_of(st.none(), st.floats(1.0, 3.0)))
def test_there_and_back(value: float, gamma: float | None) -> None:
    image = torch.tensor([value], dtype=torch.float64)
    assert to_srgb(to_linear(image, gamma), gamma).item() == pytest.approx(value, abs=1e-6)


def test_gamma_is_a_power_law() -> None:
    assert to_linear(torch.tensor(0.5), 2.2).item() == pytest.approx(0.5**2.2)
    assert to_srgb(torch.tensor(0.5), 2.2).item() == pytest.approx(0.5 ** (1 / 2.2))


def test_arrays_stay_arrays() -> None:
    array = np.linspace(0, 1, 7, dtype=np.float32)
    assert isinstance(to_linear(array), np.ndarray)
    assert np.allclose(to_srgb(to_linear(array)), array, atol=1e-6)


def test_below_zero_is_dark() -> None:
    for gamma in (None, 2.2):
        assert to_linear(torch.tensor([-0.2]), gamma).item() == 0
        assert to_srgb(torch.tensor([-0.2]), gamma).item() == 0
