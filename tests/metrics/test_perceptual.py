"""The perceptual distance: closed forms on known features; with trained ones, what it sees and PSNR does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import pad

from ganvas.images import read
from ganvas.metrics.fidelity import psnr
from ganvas.metrics.perceptual import perceptual_distance
from ganvas.nets.features import VGG
from ganvas.pretrained import PretrainedError, features


def colours(image: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"colour": image, "opposite": -image, "same": torch.ones_like(image)}


def flat(*colour: float) -> torch.Tensor:
    return torch.tensor(colour, dtype=torch.float32).view(1, 3, 1, 1).expand(1, 3, 4, 6)


def test_the_mean_over_layers_of_the_squared_distance_of_unit_vectors() -> None:
    """Directions at 90 degrees are sqrt(2) apart, in two of three layers; at 180 degrees 2; length does not matter."""
    red, dark_red, green = flat(1, 0, 0), flat(0.3, 0, 0), flat(0, 1, 0)
    assert perceptual_distance(colours, red, green) == pytest.approx(4 / 3)
    assert perceptual_distance(colours, red, -red) == pytest.approx(8 / 3)
    assert perceptual_distance(colours, red, dark_red) == pytest.approx(0, abs=1e-6)
    half = torch.cat([green[..., :3], red[..., 3:]], dim=-1)
    assert perceptual_distance(colours, red, half) == pytest.approx(2 / 3)


def test_equal_pictures_are_0_apart_and_the_order_does_not_matter() -> None:
    torch.manual_seed(0)
    net, (one, other) = VGG(16, ["conv1_2", "conv2_2", "conv3_3"]), torch.rand(2, 1, 3, 32, 32)
    assert perceptual_distance(net, one, one) == 0
    assert perceptual_distance(net, one, other) == perceptual_distance(net, other, one) > 0


def blurred(image: torch.Tensor, deviation: float) -> torch.Tensor:
    offset = torch.arange(-12.0, 13.0)
    weight = torch.exp(-(offset**2) / (2 * deviation**2))
    kernel = torch.outer(weight, weight).div(weight.sum() ** 2).expand(3, 1, 25, 25)
    return nn.functional.conv2d(pad(image, [12] * 4, mode="reflect"), kernel, groups=3)


@pytest.fixture(scope="module", params=["lite0", "vgg16-hed"])
def trained(request: pytest.FixtureRequest) -> nn.Module:
    layers = ["stage1", "stage2", "stage3", "stage5"] if request.param == "lite0" else ["conv1_2", "conv2_2", "conv3_3"]
    try:
        return features(request.param, layers)
    except PretrainedError as error:
        pytest.skip(str(error))


def photo(folder: Path, name: str) -> torch.Tensor:
    return read(folder / "eval" / "Set5" / name).tensor()[..., 64:192, 64:192]


@pytest.mark.parametrize("name", ["img_001.png", "img_003.png"])
def test_trained_features_see_more_blur_as_farther(name: str, trained: nn.Module, shared_data: Path) -> None:
    image = photo(shared_data, name)
    distances = [perceptual_distance(trained, blurred(image, deviation), image) for deviation in (0.5, 1, 2, 4)]
    assert distances == sorted(distances)
    assert distances[-1] > 3 * distances[0] > 0


def test_trained_features_forgive_what_squared_errors_do_not(trained: nn.Module, shared_data: Path) -> None:
    """The picture one pixel further has the worse PSNR, but a blurred one is farther to the eye."""
    image = photo(shared_data, "img_003.png")
    moved, soft = image.roll(1, -1), blurred(image, 1.5)
    assert psnr(255 * moved, 255 * image) < psnr(255 * soft, 255 * image)
    assert perceptual_distance(trained, moved, image) < perceptual_distance(trained, soft, image)
