"""The notes' classifier of digits: every count that they give, and what halves the sides."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.digits import DigitClassifier, Halving, Kernel, Subsampling, halved


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize(("width", "parameters"), [(4, 3_502), (8, 13_362), (16, 52_186), (32, 206_250), (64, 820_042)])
def test_counts_with_max_pooling(width: int, parameters: int) -> None:
    assert count(DigitClassifier(width)) == parameters == 199 * width**2 + 77 * width + 10
    assert count(DigitClassifier(width, "subsampling")) == parameters


@pytest.mark.parametrize(("kernel", "parameters"), [(2, 902_538), (3, 1_004_938), (4, 1_148_298)])
def test_counts_with_strides(kernel: Kernel, parameters: int) -> None:
    """The notes give the first and the last."""
    assert count(DigitClassifier(64, "stride", kernel)) == parameters == 820_042 + 5 * kernel**2 * 64**2 + 9 * 64


@pytest.mark.parametrize("halving", ["max", "stride", "subsampling"])
@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_logits_of_every_digit_depend_on_all_that_valid_convolutions_see(halving: Halving, kernel: Kernel) -> None:
    torch.manual_seed(0)
    net = DigitClassifier(4, halving, kernel).eval()
    image = torch.rand(2, 1, 28, 28, requires_grad=True)
    logits = net(image)
    assert logits.shape == (2, 10)
    logits[0].square().sum().backward()
    assert image.grad is not None
    assert image.grad[0].abs().sum() > 0
    assert image.grad[1].abs().sum() == 0


@pytest.mark.parametrize("halving", ["max", "stride", "subsampling"])
@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_sides_become_their_half(halving: Halving, kernel: Kernel) -> None:
    net = nn.Sequential(*halved(3, halving, kernel))
    for side in (24, 8):
        assert net(torch.zeros(2, 3, side, side)).shape == (2, 3, side // 2, side // 2)


def test_subsampling_is_a_stride_of_the_convolution_before() -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(2, 3, 3)
    strided = nn.Conv2d(2, 3, 3, stride=2)
    strided.load_state_dict(conv.state_dict())
    image = torch.rand(1, 2, 12, 12)
    torch.testing.assert_close(nn.Sequential(conv, Subsampling())(image), strided(image))
