"""Codes found again: of random nets all, from parts of the picture too."""

from __future__ import annotations

import pytest
import torch

from ganvas.latent.inversion import Descent, Inversion, descended, held, invert, landscape, psnr
from ganvas.latent.model import Generator
from ganvas.latent.operators import full, gaussian, measurement, random_pixels

QUICK = Descent(200, 0.08, falling=True)


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_codes_of_a_random_net_are_found_again(random_net: Generator, share: float) -> None:
    codes = random_net.sample(10, 1)
    operator = random_pixels(random_net.shape, share, seed=2)
    found = invert(random_net, operator(random_net(codes)), operator, descent=QUICK, starts=3, seed=5)
    assert found.every.shape == (10, 3)
    assert torch.equal(found.costs, found.every.amin(1))
    assert found.success(codes) >= 0.9
    assert (psnr(random_net(found.codes), random_net(codes)) > 40).float().mean() >= 0.9


def test_the_mirrored_start_leaves_the_bad_region(random_net: Generator) -> None:
    """Starts beyond the negative of the truth: some of them stay there, unless they are turned round."""
    codes = random_net.sample(10, 1)
    operator = full(random_net.shape)
    measured = operator(random_net(codes))
    once = invert(random_net, measured, operator, descent=QUICK, starts=1, first=-3 * codes)
    twice = invert(random_net, measured, operator, descent=QUICK, first=-3 * codes)
    assert once.success(codes) < twice.success(codes)
    assert twice.success(codes) >= 0.9
    assert torch.equal(twice.every[:, 0], once.every[:, 0])
    assert (twice.costs <= once.costs).all()


def test_lbfgs_and_sums_of_all_pixels(random_net: Generator) -> None:
    codes = random_net.sample(2, 3)
    operator = gaussian(random_net.shape, 60)
    descent = Descent(40, optimizer="lbfgs")
    found = invert(random_net, operator(random_net(codes)), operator, descent=descent, starts=2, seed=4)
    assert found.success(codes) == 1
    assert found.errors(codes).max() < 1e-3


def test_each_code_goes_by_itself(random_net: Generator) -> None:
    """Adam on a batch is Adam on each row."""
    images = random_net(random_net.sample(3, 0))
    start, few = random_net.sample(3, 9), Descent(5, 0.05)

    def cost(made: torch.Tensor, codes: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return (made - images[targets]).flatten(1).square().sum(1)

    together, costs = descended(random_net, cost, start, torch.arange(3), few)
    for row in range(3):
        alone, own = descended(random_net, cost, start[row : row + 1], torch.tensor([row]), few)
        assert torch.allclose(together[row], alone[0], atol=1e-4)
        assert costs[row].item() == pytest.approx(own.item(), rel=1e-3)
    assert torch.equal(start, random_net.sample(3, 9)), "the start is not touched"


def test_what_is_held_is_held(random_net: Generator) -> None:
    assert torch.allclose(held(torch.randn(4, 6), "norm").norm(dim=1), torch.full((4,), 6**0.5))
    cube = Generator(random_net.net, 6, "uniform")
    codes = cube.sample(4, 0)
    operator = full(cube.shape)
    found = invert(cube, cube(codes), operator, descent=Descent(200, 0.1, True, hold="range"), starts=3, seed=1)
    assert found.codes.abs().max() < 1
    assert found.success(codes, 0.05) >= 0.75
    _, costs = descended(cube, lambda made, z, _: (z - codes).norm(dim=1), codes, torch.arange(4), Descent(0))
    assert (costs == 0).all()


def test_the_first_start_is_the_one_given(random_net: Generator) -> None:
    codes = random_net.sample(3, 0)
    operator = measurement("half", random_net.shape)
    found = invert(random_net, operator(random_net(codes)), operator, descent=Descent(0), starts=2, first=codes)
    assert torch.equal(found.codes, codes)
    assert (found.costs < 1e-9).all()


def test_errors_and_decibels() -> None:
    truth = torch.tensor([[3.0, 4.0], [1.0, 0.0]])
    found = Inversion(truth + torch.tensor([[0.0, 0.05], [0.02, 0.0]]), torch.zeros(2), torch.zeros(2, 1))
    assert found.errors(truth).tolist() == pytest.approx([0.01, 0.02], rel=1e-4)
    assert found.success(truth, 0.015) == 0.5
    image = torch.zeros(1, 3, 4, 4)
    mask = torch.zeros(1, 4, 4)
    mask[:, :2] = 1
    wrong = image + 0.1 * mask
    assert psnr(wrong, image, mask).item() == pytest.approx(20, abs=1e-3)
    assert psnr(wrong, image).item() == pytest.approx(20 + 3.0103, abs=1e-3)
    assert psnr(wrong, image, 1 - mask).item() == pytest.approx(100)


def test_the_landscape_is_lowest_at_the_truth(random_net: Generator) -> None:
    (code,) = random_net.sample(1, 0)
    (image,) = random_net(code[None])
    values = landscape(random_net, image, code, full(random_net.shape), reach=2, points=9)
    assert values.argmin().item() == 4 * 9 + 6
    assert values[4, 6].item() == pytest.approx(0, abs=1e-6)
    middle = random_net(torch.zeros(1, 6))
    assert values[4, 4].item() == pytest.approx(((middle - image) ** 2).sum().item() / 2, rel=1e-4)
