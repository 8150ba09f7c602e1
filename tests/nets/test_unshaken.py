"""Unshaken: kernels that sum to one, pictures of any size, and a kernel that is right makes the picture right."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn

from ganvas.degrade.kernels import blurred
from ganvas.degrade.motion import MotionBlur
from ganvas.nets.unshaken import Guess, Unshaken


def small(steps: int = 2) -> Unshaken:
    torch.manual_seed(0)
    net = Unshaken(width=8, depth=3, refining=3, guessing=8, side=9, steps=steps)
    with torch.no_grad():
        for layer in (net.look.last, net.refine.last, net.edges):
            nn.init.normal_(layer.weight, 0, 0.02)
    return net


class Told(nn.Module):
    """A guess that was told the kernel."""

    def __init__(self, kernel: torch.Tensor) -> None:
        super().__init__()
        self.kernel = kernel

    def forward(self, told: torch.Tensor) -> torch.Tensor:
        return self.kernel.clamp(min=1e-9).log().expand(len(told), -1, -1)


def smooth(height: int, width: int) -> torch.Tensor:
    torch.manual_seed(1)
    return nn.functional.interpolate(torch.rand(1, 3, height // 4, width // 4), (height, width), mode="bilinear")


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (24, 25), (41, 50)])
def test_sides_of_any_length(size: tuple[int, int]) -> None:
    with torch.no_grad():
        made = small()(torch.rand(1, 3, *size))
    assert made.shape == (1, 3, *size)
    assert made.isfinite().all()


@pytest.mark.parametrize("blank", [0.0, 0.5, 1.0])
def test_of_nothing_it_makes_nothing(blank: float) -> None:
    """Before the first round, of a picture without any edge."""
    net, image = Unshaken(width=8, depth=3, refining=3, guessing=8, side=9), torch.full((1, 3, 48, 48), blank)
    with torch.no_grad():
        assert torch.allclose(net(image), image, atol=1e-3)


def test_kernels_sum_to_one_and_each_image_has_its_own() -> None:
    with torch.no_grad():
        found = small(steps=3).recovered(torch.rand(2, 3, 48, 56))
    assert [tuple(each.shape) for each in found.images] == [(2, 3, 48, 56)] * 4
    assert [tuple(each.shape) for each in found.kernels] == [(2, 9, 9)] * 3
    for kernel in found.kernels:
        assert torch.allclose(kernel.exp().sum((-2, -1)), torch.ones(2), atol=1e-5)


def test_the_first_kernel_is_that_which_training_begins_with() -> None:
    net, image = small(), torch.rand(1, 3, 48, 48)
    with torch.no_grad():
        sharper, kernel = net.begun(image)
        found = net.recovered(image)
    assert torch.equal(sharper, found.images[0])
    assert torch.equal(kernel, found.kernels[0])


def test_with_the_right_kernel_the_picture_comes_back() -> None:
    """By choosing between the inverses alone: what refines has not been trained, and takes the picture for the best."""
    net, image = Unshaken(width=8, depth=3, refining=3, guessing=8, side=37, steps=1), smooth(96, 120)
    (kernel,) = MotionBlur(exposures=(0.3,), longest=36.0).kernels(1, np.random.default_rng(3))
    middle = nn.functional.pad(kernel, ((37 - len(kernel)) // 2,) * 4)
    net.first = Told(middle)  # pyright: ignore[reportAttributeAccessIssue]
    assert net.refine.last.bias is not None
    with torch.no_grad():
        net.refine.last.bias[: 3 * 16].copy_(torch.tensor([9.0, -9.0, -9.0]).repeat_interleave(16))
    given = blurred(image, [kernel])
    inner = slice(24, -24)
    with torch.no_grad():
        errors = [(each - image)[..., inner, inner].square().mean().item() for each in (given, net(given))]
    assert 10 * math.log10(errors[0] / errors[1]) > 6


def test_the_pictures_of_a_batch_do_not_know_each_other() -> None:
    net, images = small(), torch.rand(3, 3, 48, 48)
    with torch.no_grad():
        assert torch.allclose(net(images)[1:2], net(images[1:2]), atol=1e-5)


def test_one_kernel_is_made_of_the_whole_picture() -> None:
    image = torch.rand(1, 3, 96, 96, requires_grad=True)
    kernel = small().begun(image)[1]
    (gradient,) = torch.autograd.grad(kernel[0, 4, 4], image)
    parts = gradient.abs().amax(1).unfold(1, 32, 32).unfold(2, 32, 32).amax((-2, -1))
    assert parts.min() > 0


def test_every_parameter_is_taught() -> None:
    net = small()
    net(smooth(64, 64)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())


def test_its_ends() -> None:
    assert len(small(steps=2).ends()) == 1 + 2 * 4


def test_a_guess_hears_of_all_that_it_is_told() -> None:
    torch.manual_seed(0)
    guess = Guess(2, 8)
    told = torch.rand(1, 2, 37, 37, requires_grad=True)
    (gradient,) = torch.autograd.grad(guess(told)[0, 0, 0], told)
    assert (gradient.abs().sum((0, 2, 3)) > 0).all()
    assert gradient[0, :, -1, -1].abs().min() > 0, "the far corner counts"


def test_parameters() -> None:
    assert sum(p.numel() for p in Unshaken().parameters()) == 1_489_604
