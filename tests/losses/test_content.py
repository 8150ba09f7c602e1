"""Content: closed forms on features that are known, and the notes' extractor with its in-place ReLU rebuilt."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.degrade import reduce
from ganvas.losses.content import Content
from ganvas.nets.features import VGG


def plain(image: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"a": image, "b": 3 * image, "unused": 100 * image}


@pytest.mark.parametrize(("distance", "value"), [("l1", 0.5 * 0.2 + 2 * 0.6), ("mse", 0.5 * 0.04 + 2 * 0.36)])
def test_the_weighted_sum_over_the_layers(distance, value: float) -> None:
    content = Content(plain, {"a": 0.5, "b": 2}, distance)
    assert content(torch.full((2, 3, 4, 4), 0.5), torch.full((2, 3, 4, 4), 0.3)).item() == pytest.approx(value)


@pytest.mark.parametrize("halved", [False, True])
@pytest.mark.parametrize("shifted", [False, True])
def test_gradients_and_optimum(halved: bool, shifted: bool) -> None:
    content = Content(lambda image: {"a": image.square(), "b": image.exp()}, {"a": 1, "b": 0.1}, "mse", halved, shifted)
    random = torch.Generator().manual_seed(0)
    output = torch.rand(1, 1, 20, 20, dtype=torch.float64, generator=random, requires_grad=True)
    target = torch.rand(1, 1, 20, 20, dtype=torch.float64, generator=random, requires_grad=True)

    def at_one_place(image: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(1)
        return content(image, target)

    assert torch.autograd.gradcheck(at_one_place, output, fast_mode=True)
    assert at_one_place(target).item() == 0
    at_one_place(output).backward()
    assert target.grad is None


def test_halved_is_the_mean_in_linear_light() -> None:
    output, target = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    expected = Content(plain, {"a": 1})(*(reduce(x, 2, "linear-box", rounded=False) for x in (output, target)))
    assert Content(plain, {"a": 1}, halved=True)(output, target).item() == pytest.approx(expected.item())


def test_halved_bears_outputs_beyond_the_range() -> None:
    output = torch.tensor([-0.5, 0.0, 1.0, 1.5]).view(1, 1, 2, 2).requires_grad_()
    Content(plain, {"a": 1}, "mse", halved=True)(output, torch.full((1, 1, 2, 2), 0.5)).backward()
    assert output.grad is not None
    assert output.grad.isfinite().all()


def test_shifted_cuts_both_pictures_at_one_place_of_64() -> None:
    seen = list[torch.Tensor]()

    def features(image: torch.Tensor) -> dict[str, torch.Tensor]:
        seen.append(image)
        return {"a": image}

    content = Content(features, {"a": 1}, shifted=True)
    places = torch.arange(24 * 20.0).view(1, 1, 24, 20)
    torch.manual_seed(0)
    for _ in range(600):
        assert content(places, places).item() == 0
    assert {tuple(image.shape) for image in seen} == {(1, 1, 16, 12)}
    corners = [divmod(int(image[0, 0, 0, 0].item()), 20) for image in seen]
    assert set(corners) == {(top, left) for top in range(8) for left in range(8)}
    torch.manual_seed(0)
    seen.clear()
    content(places, places)
    assert divmod(int(seen[0][0, 0, 0, 0].item()), 20) == corners[0]


def test_emulate_inplace_gives_the_figures_of_an_extractor_that_overwrites() -> None:
    """The notes' extractor: the first 15 modules with in-place ReLU, convolutions' outputs stored as they come."""
    layers = ["conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv3_3"]
    torch.manual_seed(0)
    net = VGG(16, layers)
    modules = [nn.ReLU(inplace=True) if isinstance(module, nn.ReLU) else module for module in net.features]

    def overwritten(image: torch.Tensor) -> list[torch.Tensor]:
        value, stored = (image - net.mean) / net.deviation, list[torch.Tensor]()
        for module in modules:
            value = module(value)
            if isinstance(module, nn.Conv2d):
                stored.append(value)
        return stored

    output, target = torch.rand(2, 1, 3, 24, 24)
    pairs = list(zip(overwritten(output), overwritten(target), strict=True))
    assert [one.min().item() < 0 for one, _ in pairs] == [False] * 6 + [True]
    expected = sum((one - other).square().mean().item() for one, other in pairs)
    weights = dict.fromkeys(layers, 1.0)
    assert Content(net, weights, "mse", emulate_inplace=True)(output, target).item() == pytest.approx(expected)
    assert Content(net, weights, "mse")(output, target).item() > 1.05 * expected
