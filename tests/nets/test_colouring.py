"""CIE Lab and the net that paints: known colours, there and back, lightness that stays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.color import lab2rgb, rgb2lab
from torch import nn

from ganvas.nets.colouring import MOST, Colouring, from_lab, to_lab

PRIMARIES = {
    (1.0, 0.0, 0.0): (53.24, 80.09, 67.20),
    (0.0, 1.0, 0.0): (87.73, -86.18, 83.18),
    (0.0, 0.0, 1.0): (32.30, 79.19, -107.86),
    (1.0, 1.0, 0.0): (97.14, -21.55, 94.48),
    (0.0, 0.0, 0.0): (0.0, 0.0, 0.0),
}


@pytest.mark.parametrize("colour", PRIMARIES)
def test_primaries(colour: tuple[float, float, float]) -> None:
    lab = to_lab(torch.tensor(colour).view(1, 3, 1, 1)).flatten()
    assert lab.tolist() == pytest.approx(PRIMARIES[colour], abs=0.02)


def cube() -> torch.Tensor:
    """All of sRGB in steps of 1/16, (1, 3, 17, 289)."""
    values = torch.linspace(0, 1, 17)
    return torch.stack(torch.meshgrid(values, values, values, indexing="ij")).reshape(1, 3, 17, 289)


def test_it_is_scikit_images() -> None:
    image = cube()
    expected = rgb2lab(image[0].permute(1, 2, 0).numpy().astype(np.float64))
    np.testing.assert_allclose(to_lab(image)[0].permute(1, 2, 0), expected, atol=0.02)
    back = lab2rgb(expected)
    made = from_lab(torch.from_numpy(expected).permute(2, 0, 1)[None].float())
    np.testing.assert_allclose(made[0].permute(1, 2, 0), back, atol=1e-3)


def test_there_and_back() -> None:
    image = cube().double()
    assert torch.allclose(from_lab(to_lab(image)), image, atol=1e-6)
    assert to_lab(image)[:, 1:].abs().max() < MOST


def test_grey_has_no_colour() -> None:
    greys = torch.linspace(0, 1, 65).expand(1, 3, 1, 65)
    lab = to_lab(greys)
    assert lab[:, 1:].abs().max() < 1e-3
    assert (lab[0, 0, 0].diff() > 0).all()


@pytest.mark.parametrize("value", [0.0, 1e-4, 0.00313, 0.04, 0.0405, 1.0])
def test_slopes_are_finite_and_those_of_the_function(value: float) -> None:
    image = torch.full((1, 3, 1, 1), value, dtype=torch.float64, requires_grad=True)
    for function, start in ((to_lab, image), (from_lab, to_lab(image).detach().requires_grad_())):
        (slope,) = torch.autograd.grad(function(start).sum(), start)
        assert slope.isfinite().all()
        step = 1e-6
        numeric = (function(start + step).sum() - function(start).sum()) / step
        assert slope.sum().item() == pytest.approx(numeric.item(), rel=1e-3)


class Painted(nn.Module):
    """The same chroma everywhere; it remembers the lightness that it was given."""

    def __init__(self, a: float, b: float) -> None:
        super().__init__()
        self.chroma = torch.tensor([a, b]).view(1, 2, 1, 1) / (2 * MOST) + 0.5
        self.given = torch.zeros(0)

    def forward(self, lightness: torch.Tensor) -> torch.Tensor:
        self.given = lightness
        return self.chroma.expand(len(lightness), 2, *lightness.shape[-2:])


def test_lightness_stays_and_the_chroma_is_the_nets() -> None:
    image = 0.3 + 0.4 * torch.rand(2, 3, 5, 7)
    net = Painted(10.0, -15.0)
    made = to_lab(Colouring(net)(image))
    assert torch.allclose(made[:, :1], to_lab(image)[:, :1], atol=1e-2)
    assert torch.allclose(made[:, 1:], torch.tensor([10.0, -15.0]).view(1, 2, 1, 1), atol=1e-2)
    assert torch.allclose(net.given, to_lab(image)[:, :1] / 100)


def test_it_does_not_see_the_colours() -> None:
    net = Colouring(Painted(0.0, 0.0))
    image = 0.2 + 0.6 * torch.rand(1, 3, 5, 7)
    grey = net(image)
    assert torch.allclose(grey, grey[:, :1].expand_as(grey), atol=1e-4)
    assert torch.allclose(net(grey), grey, atol=1e-4)


def test_colours_that_do_not_exist_are_the_nearest_pixels_that_do() -> None:
    made = Colouring(Painted(109.0, -109.0))(torch.rand(1, 3, 6, 6))
    assert made.min() >= 0
    assert made.max() <= 1
    assert made.isfinite().all()
