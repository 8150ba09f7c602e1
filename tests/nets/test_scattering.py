"""Scattering: the inverse of what air does, strip by strip, with what was seen of the whole."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets import scattering
from ganvas.nets.scattering import LEAST, Scattering, cleared, transmission


def told(net: Scattering, maps: list[float], light: list[float]) -> Scattering:
    """``net`` whose maps and light are the same whatever it looks at."""
    nn.init.zeros_(net.last.weight)
    last = net.light[-1]
    assert isinstance(last, nn.Linear)
    nn.init.zeros_(last.weight)
    assert net.last.bias is not None
    with torch.no_grad():
        net.last.bias.copy_(torch.tensor(maps))
        last.bias.copy_(torch.tensor(light).logit())
    return net


def seeing(net: Scattering) -> Scattering:
    """``net`` with maps that depend on what it looks at."""
    torch.manual_seed(0)
    nn.init.normal_(net.last.weight, 0, 1)
    return net


def test_haze_is_undone() -> None:
    """By t = sigmoid(2 + 0·I + b) and the colour of the air."""
    clear, air = torch.rand(1, 3, 40, 56), [0.9, 0.85, 0.8]
    bias = torch.tensor(0.4).logit().item() - 2
    hazy = 0.4 * clear + 0.6 * torch.tensor(air).view(3, 1, 1)
    net = told(Scattering(4), [0.0, 0.0, 0.0, bias], air)
    assert torch.allclose(net(hazy), clear, atol=1e-5)


def test_at_first_it_takes_the_air_for_clear() -> None:
    image = torch.rand(1, 3, 33, 41)
    net = Scattering(4)
    with torch.no_grad():
        maps, _ = net.look(image)
        assert torch.allclose(transmission(image, maps, (0, 33)), torch.tensor(2.0).sigmoid())


def test_the_transmission_follows_the_colours_of_each_pixel() -> None:
    image = torch.rand(1, 3, 33, 41)
    net = told(Scattering(4), [2.0, -1.0, 0.5, 0.25], [0.5, 0.5, 0.5])
    maps, _ = net.look(image)
    expected = (2 * image[:, :1] - image[:, 1:2] + 0.5 * image[:, 2:] + 2.25).sigmoid()
    assert torch.allclose(transmission(image, maps, (0, 33)), expected, atol=1e-6)


def test_where_nothing_is_left_no_noise_is_made() -> None:
    image, light = torch.rand(1, 3, 4, 4), torch.rand(1, 3)
    air = light[..., None, None]
    made = cleared(image, torch.full((1, 1, 4, 4), 1e-4), light)
    assert torch.allclose(made, (image - air) / LEAST + air)
    assert torch.allclose(cleared(image, torch.ones(1, 1, 4, 4), light), image, atol=1e-6)


def test_maps_lie_over_the_photo_as_it_was_reduced() -> None:
    """A map with a line along its width is that line at the pixels' centres."""
    line = torch.linspace(-1, 1, 8).expand(1, 1, 8, 8)
    maps = torch.cat([torch.zeros(1, 3, 8, 8), line], dim=1)
    found = transmission(torch.rand(1, 3, 64, 64), maps, (0, 64)).logit() - 2
    places = ((torch.arange(64) + 0.5) / 8 - 0.5).clamp(0, 7)
    assert torch.allclose(found[0, 0], (2 * places / 7 - 1).expand(64, 64), atol=1e-5)


@pytest.mark.parametrize("rows", [1, 7, 16, 50])
def test_strips_are_the_whole(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net, image = seeing(Scattering(4)), torch.rand(2, 3, 50, 37)
    with torch.no_grad():
        whole = net(image)
        monkeypatch.setattr(scattering, "ROWS", rows)
        assert torch.allclose(net(image), whole, atol=1e-5)
    assert whole.std() > 0.05


@pytest.mark.parametrize("size", [(1, 1), (31, 32), (33, 200), (300, 41)])
def test_sides_of_any_length(size: tuple[int, int]) -> None:
    with torch.no_grad():
        made = seeing(Scattering(4))(torch.rand(1, 3, *size))
    assert made.shape == (1, 3, *size)
    assert made.isfinite().all()


@pytest.mark.parametrize(
    ("size", "maps"), [((64, 96), (8, 12)), ((256, 256), (32, 32)), ((512, 128), (32, 8)), ((1000, 20), (32, 4))]
)
def test_it_looks_at_no_more_than_its_side(size: tuple[int, int], maps: tuple[int, int]) -> None:
    with torch.no_grad():
        found, light = Scattering(4).look(torch.rand(1, 3, *size))
    assert found.shape == (1, 4, *maps)
    assert light.shape == (1, 3)


def test_a_larger_photo_of_the_same_is_cleared_alike() -> None:
    net = seeing(Scattering(4, side=64))
    small = torch.nn.functional.interpolate(torch.rand(1, 3, 6, 6), (64, 64), mode="bicubic").clamp(0, 1)
    large = torch.nn.functional.interpolate(small, (256, 256), mode="bilinear")
    with torch.no_grad():
        one, other = net(small), net(large)
    reduced = torch.nn.functional.interpolate(other, (64, 64), mode="bilinear", antialias=True)
    assert (one - reduced).abs().mean() < 0.02
    assert (one - small).abs().mean() > 0.05, "there was something to be done"


def test_the_photos_of_a_batch_do_not_know_each_other() -> None:
    net, images = seeing(Scattering(4)), torch.rand(3, 3, 40, 40)
    with torch.no_grad():
        together = net(images)
        assert torch.allclose(together[1:2], net(images[1:2]), atol=1e-5)


def test_the_light_is_of_the_whole_photo() -> None:
    net, image = Scattering(4), torch.rand(1, 3, 256, 256, requires_grad=True)
    light = net.look(image)[1]
    (gradient,) = torch.autograd.grad(light.sum(), image)
    assert gradient.abs().amax(1).unfold(1, 64, 64).unfold(2, 64, 64).amax((-2, -1)).min() > 0


def test_every_parameter_is_taught() -> None:
    net = seeing(Scattering(4))
    net(torch.rand(1, 3, 64, 96)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
