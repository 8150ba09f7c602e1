"""The two nets of a level: counts of the authors' code, the patch, the residual."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.singan import SinGANCritic, SinGANGenerator, centre, width_of


@pytest.mark.parametrize(
    ("level", "generator", "critic"),
    [(0, 29_763, 29_185), (3, 29_763, 29_185), (4, 114_819, 113_665), (8, 450_819, 448_513), (12, 450_819, 448_513)],
)
def test_counts_of_the_authors_code(level: int, generator: int, critic: int) -> None:
    widths = [width_of(level)] * 4
    counts = [sum(p.numel() for p in net.parameters()) for net in (SinGANGenerator(widths), SinGANCritic(widths))]
    assert counts == [generator, critic]


def test_the_output_has_the_size_of_what_was_padded() -> None:
    net, critic = SinGANGenerator([4] * 4), SinGANCritic([4] * 4)
    x = torch.rand(2, 3, 17 + 10, 12 + 10)
    assert net(x, x).shape == (2, 3, 17, 12)
    assert critic(x).shape == (2, 1, 17, 12)


def test_untaught_to_add_anything_it_gives_the_centre_back() -> None:
    net = SinGANGenerator([4] * 4)
    nn.init.zeros_(net.layers[-1].weight)
    nn.init.zeros_(net.layers[-1].bias)
    y = torch.rand(1, 3, 16, 18)
    assert torch.equal(net(torch.rand_like(y), y), y[..., 5:-5, 5:-5])
    assert torch.equal(net(torch.rand_like(y), y[..., 5:-5, 5:-5]), y[..., 5:-5, 5:-5])


def test_a_place_sees_eleven_pixels_a_side() -> None:
    critic = SinGANCritic([8] * 4).eval()
    image = torch.rand(1, 3, 31, 31, requires_grad=True)
    (seen,) = torch.autograd.grad(critic(image)[0, 0, 10, 10], image)
    rows, columns = (seen.abs().sum((0, 1)) > 0).nonzero(as_tuple=True)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (10, 20, 10, 20)
    assert SinGANGenerator([8] * 4).receptive_field == 11


def test_the_start_is_the_authors() -> None:
    torch.manual_seed(0)
    net = SinGANGenerator([64] * 4)
    weights = torch.cat([m.weight.flatten() for m in net.modules() if isinstance(m, nn.Conv2d)])
    scales = torch.cat([m.weight for m in net.modules() if isinstance(m, nn.BatchNorm2d)])
    assert weights.mean().item() == pytest.approx(0, abs=3e-4)
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)
    assert scales.mean().item() == pytest.approx(1, abs=0.01)
    assert scales.std().item() == pytest.approx(0.02, rel=0.2)
    assert all((m.bias == 0).all() for m in net.modules() if isinstance(m, nn.BatchNorm2d))


def test_the_centre_of_what_is_no_larger_is_all_of_it() -> None:
    image = torch.arange(20.0).view(1, 1, 4, 5)
    assert torch.equal(centre(image, (4, 5)), image)
    assert centre(image, (2, 3)).flatten().tolist() == [6, 7, 8, 11, 12, 13]
