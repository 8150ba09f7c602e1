"""SIFID: closed forms on known features, its layers and labels; with trained features, what it sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from ganvas import pretrained
from ganvas.images import read
from ganvas.metrics import MetricError, Sifid, frechet, psnr, sifid
from ganvas.metrics.sifid import LAYERS
from ganvas.nets.features import InceptionV3
from ganvas.pretrained import EYES, PretrainedError


def colours(image: torch.Tensor) -> dict[str, torch.Tensor]:
    """Features that are the colours themselves, and ten times that."""
    return {"stage1": image, "stage2": 10 * image}


def coloured(mean: list[float], deviation: list[float], height: int = 32, width: int = 40) -> torch.Tensor:
    """A picture whose colours have this mean, and this deviation on independent axes, exactly."""
    samples = torch.rand(height * width, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(len(mean)))
    samples = torch.linalg.qr(samples - samples.mean(0)).Q * (height * width - 1) ** 0.5
    samples = samples * torch.tensor(deviation) + torch.tensor(mean)
    return samples.mT.reshape(1, 3, height, width)


def smooth(side: int = 64) -> torch.Tensor:
    coarse = torch.rand(1, 3, side // 8, side // 8, generator=torch.Generator().manual_seed(0))
    return nn.functional.interpolate(coarse, size=side, mode="bicubic").clamp(0, 1)


def noisy(image: torch.Tensor, deviation: float) -> torch.Tensor:
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(1))
    return (image + deviation * noise).clamp(0, 1)


def test_pictures_of_known_mean_and_covariance() -> None:
    """Squared differences of the means and, where the axes are the same, of the deviations."""
    one = coloured([0.5, 0.2, 0.3], [0.1, 0.2, 0.05])
    other = coloured([0.4, 0.2, 0.6], [0.1, 0.05, 0.1], 50, 60)
    expected = 0.1**2 + 0.3**2 + 0.15**2 + 0.05**2
    result = sifid(colours, "lite0", one, other)
    assert result.value == pytest.approx(expected, rel=1e-6)
    assert result == Sifid(result.value, "lite0", "code", 3, (32 * 40, 50 * 60))
    assert sifid(colours, "lite0", one, other, "paper").value == pytest.approx(100 * expected, rel=1e-6)


def test_places_count_and_not_their_order() -> None:
    image = coloured([0.5, 0.5, 0.5], [0.1, 0.2, 0.05])
    shuffled = image.flatten(2)[..., torch.randperm(32 * 40, generator=torch.Generator().manual_seed(0))].view_as(image)
    assert sifid(colours, "lite0", image, shuffled).value == pytest.approx(0, abs=1e-12)
    grey = image.mean(1, keepdim=True).expand_as(image)
    assert sifid(colours, "lite0", image, grey).value > 0.01


@pytest.fixture(scope="module")
def inception() -> InceptionV3:
    """Not trained: weights at random, of the scale that keeps features at theirs."""
    torch.manual_seed(0)
    net = InceptionV3(["64", "192"])
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return net


@pytest.mark.parametrize("layer", ["code", "paper"])
def test_it_is_the_distance_over_the_places_of_one_layer(inception: InceptionV3, layer) -> None:
    one, other = smooth(), noisy(smooth(72), 0.1)
    name = {"code": "64", "paper": "192"}[layer]
    statistics = list[torch.Tensor]()
    for image in (one, other):
        places = inception(image)[name][0].double().flatten(1).numpy()
        statistics += [torch.from_numpy(places.mean(1)), torch.from_numpy(np.cov(places))]
    result = sifid(inception, "inception", one, other, layer)
    assert result.value == pytest.approx(frechet(*statistics), rel=1e-9)
    assert result.channels == int(name)
    assert result.positions == ((29**2, 33**2) if layer == "code" else (12**2, 14**2))


@pytest.mark.parametrize("layer", ["code", "paper"])
def test_a_picture_is_0_from_itself_and_the_farther_the_more_noise(inception: InceptionV3, layer) -> None:
    image = smooth(48)
    distances = [
        sifid(inception, "inception", noisy(image, level), image, layer).value for level in (0, 0.05, 0.1, 0.2)
    ]
    assert distances[0] < 1e-3
    assert distances == sorted(distances)
    assert distances[1] > 1e-3


def test_figures_are_called_by_their_features() -> None:
    results = [sifid(colours, "lite0", smooth(), smooth(), layer) for layer in ("code", "paper")]
    assert [result.label for result in results] == [
        "SIFID (lite0 features)",
        "SIFID (lite0 features, layer of the paper)",
    ]
    assert all(Sifid(0, name, "code", 3, (9, 9)).label != "SIFID" for name in LAYERS)
    stored = results[1].as_json()
    assert stored["label"] == results[1].label
    assert stored["description"] == results[1].describe()
    assert "layer stage2 of lite0, 3 channels at 4096 and 4096 places" in stored["description"]


def test_too_few_places_for_a_covariance_are_told() -> None:
    assert "too few places" in Sifid(0, "inception", "code", 64, (64, 900)).describe()
    assert "too few places" not in Sifid(0, "inception", "code", 64, (65, 900)).describe()


def test_every_layer_is_among_the_eyes() -> None:
    assert LAYERS.keys() == EYES.keys()
    assert all(set(layers.values()) <= set(EYES[name]) for name, layers in LAYERS.items())


def test_pictures_that_cannot_be_compared() -> None:
    image = smooth(40)
    with pytest.raises(MetricError, match="at least 32 pixels a side"):
        sifid(colours, "lite0", image[..., :31], image)
    with pytest.raises(MetricError, match="no layer for the features alexnet: choose from inception, lite0"):
        sifid(colours, "alexnet", image, image)
    with pytest.raises(MetricError, match="not numbers"):
        sifid(colours, "lite0", image * torch.nan, image)
    with pytest.raises(ValueError, match="single pictures"):
        sifid(colours, "lite0", image.expand(2, -1, -1, -1), image)


@pytest.mark.parametrize("layer", ["code", "paper"])
def test_trained_features_see_texture_and_not_its_place(shared_data: Path, layer) -> None:
    """Four pixels further a picture has a worse PSNR than with weak noise, but is nearer; another one is far."""
    try:
        net = pretrained.features("lite0", ["stage1", "stage2"])
    except PretrainedError as error:
        pytest.skip(str(error))
    whole, other = (read(shared_data / "eval" / "Set5" / f"img_00{n}.png").tensor() for n in (3, 1))
    image, moved, other = whole[..., 32:160, 32:160], whole[..., 36:164, 36:164], other[..., :128, :128]
    distances = [sifid(net, "lite0", noisy(image, level), image, layer).value for level in (0, 0.02, 0.05, 0.1)]
    assert distances[0] < 1e-3
    assert distances == sorted(distances)
    assert psnr(moved, image, 1) < psnr(noisy(image, 0.02), image, 1)
    assert 0 < sifid(net, "lite0", moved, image, layer).value < distances[1] / 2
    assert sifid(net, "lite0", other, image, layer).value > distances[2]
