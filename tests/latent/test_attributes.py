"""What is measured of strokes that were drawn to measure."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import interpolate

from ganvas.latent import attributes
from ganvas.latent.attributes import MEASURED, available, chosen, measured, scores_of, summary
from ganvas.latent.model import Generator, LatentError
from ganvas.recipes.digits import DigitsRecipe
from ganvas.weights import describe, store


def bar(width: float, degrees: float = 0.0, height: float = 24.0, side: int = 32) -> torch.Tensor:
    """An upright bar that is sheared to the right by ``degrees``, drawn finely and reduced."""
    place = torch.arange(8.0 * side) / 8 - side / 2 + 1 / 16
    y, x = place[:, None], place[None, :]
    shear = torch.tensor(degrees).deg2rad().tan()
    drawn = ((x + shear * y).abs() <= width / 2) & (y.abs() <= height / 2)
    return interpolate(drawn.float()[None, None], (side, side), mode="area")


@pytest.mark.parametrize("degrees", [-30, -10, 0, 10, 30])
def test_slant_is_the_angle_of_the_shear(degrees: float) -> None:
    assert attributes.slant(bar(3, degrees)).item() == pytest.approx(degrees, abs=1)


@pytest.mark.parametrize("width", [2.0, 3.0, 4.0, 5.0])
def test_stroke_is_the_width_of_the_bar(width: float) -> None:
    assert attributes.stroke(bar(width)).item() == pytest.approx(width, abs=0.6)


def test_stroke_grows_with_the_width_of_slanted_bars_too() -> None:
    widths = attributes.stroke(torch.cat([bar(width, 25) for width in (2, 3, 4, 5, 6)]))
    assert (widths.diff() > 0.5).all()


def test_size_and_ink() -> None:
    assert attributes.size(bar(6, height=24)).item() == pytest.approx((6 * 24) ** 0.5 / 32)
    assert attributes.ink(bar(6, height=24)).item() == pytest.approx(6 * 24 / 32**2, rel=0.01)
    assert attributes.ink(bar(6).expand(-1, 3, -1, -1)).item() == pytest.approx(6 * 24 / 32**2, rel=0.01)


def test_pictures_are_measured_each_for_itself() -> None:
    images = torch.cat([bar(2, -20), bar(6, 20), torch.zeros(1, 1, 32, 32), bar(4, 0, 12)])
    together = scores_of(images, MEASURED)
    for name, values in together.items():
        alone = torch.cat([MEASURED[name](image[None]) for image in images])
        assert torch.allclose(values, alone, equal_nan=True), name
        assert values.isnan().tolist() == [False, False, True, False], "where there is no ink there is no figure"
    assert summary(together["ink"])[0] == pytest.approx(float(together["ink"][[0, 1, 3]].mean()))


def test_classes_by_a_classifier(tmp_path: Path) -> None:
    recipe = DigitsRecipe(width=2)
    torch.manual_seed(0)
    net, path = recipe.generator().eval(), tmp_path / "digits.safetensors"
    store(path, net, describe(recipe, net))
    small = bar(4, side=28)
    padded = torch.nn.functional.pad(small, [2] * 4)
    scores = available(path)
    assert sorted(scores) == sorted([*MEASURED, *(f"class-{label}" for label in range(10))])
    shares = torch.stack([scores[f"class-{label}"](small)[0] for label in range(10)])
    assert torch.allclose(shares, net(small).softmax(1)[0], atol=1e-6)
    assert torch.allclose(scores["class-3"](padded), scores["class-3"](small)), "the margin of 32 pixels is cut"
    with pytest.raises(LatentError, match="need --classifier"):
        chosen(["class-3"])
    with pytest.raises(LatentError, match="there is no attribute 'colour'"):
        chosen(["colour"], path)


def test_codes_and_their_figures(bars: Generator) -> None:
    codes, values = measured(bars, MEASURED, 300, 1)
    assert torch.equal(codes, bars.sample(300, 1))
    for name, axis, least in (("slant", 0, 0.9), ("stroke", 1, 0.9), ("size", 2, 0.3)):
        correlation = torch.corrcoef(torch.stack([codes[:, axis], values[name]]))[0, 1]
        assert correlation > least, name
