"""What is measured of pictures."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from ganvas.images import resize
from ganvas.latent import operators
from ganvas.latent.model import LatentError
from ganvas.latent.operators import Kind, Measurement, measurement

SHAPE = (3, 16, 20)
KINDS: tuple[Kind, ...] = get_args(Kind)


def pictures(count: int, seed: int) -> torch.Tensor:
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(params=KINDS)
def operator(request: pytest.FixtureRequest) -> Measurement:
    return measurement(request.param, SHAPE)


def test_every_operator_is_linear_and_row_by_row(operator: Measurement) -> None:
    one, other = pictures(2, 0), pictures(2, 1)
    mixed = operator(2 * one - 0.5 * other)
    assert torch.allclose(mixed, 2 * operator(one) - 0.5 * operator(other), atol=1e-5)
    assert torch.allclose(mixed[1:], operator((2 * one - 0.5 * other)[1:]), atol=1e-5)


def test_gradients_are_the_transposed_operator(operator: Measurement) -> None:
    """<A x, y> = <x, Aᵀ y>, Aᵀ y being the gradient."""
    x = pictures(1, 2).requires_grad_()
    measured = operator(x)
    y = torch.randn(measured.shape, generator=torch.Generator().manual_seed(3))
    (back,) = torch.autograd.grad((measured * y).sum(), x)
    other = pictures(1, 4)
    assert (operator(other) * y).sum().item() == pytest.approx((other * back).sum().item(), rel=1e-3, abs=1e-3)


def test_masks_say_what_is_known() -> None:
    for kind in ("full", "random", "half", "box", "first"):
        operator = measurement(kind, SHAPE, 0.25)
        assert operator.mask is not None
        assert torch.equal(operator(pictures(1, 0)), pictures(1, 0) * operator.mask)
        assert operator.mask.mean().item() == {"full": 1, "half": 0.5, "box": 0.75}.get(kind, 0.25)
    assert all(measurement(kind, SHAPE).mask is None for kind in ("downsample", "blur", "grey", "gaussian"))


def test_places() -> None:
    corner = operators.box(SHAPE, 0.25, (0, 0)).mask
    assert corner is not None
    assert (corner[:, :8, :10] == 0).all()
    assert corner.sum() == 320 - 80
    halves = [operators.half((1, 5, 7), side).mask for side in ("left", "right", "top", "bottom")]
    assert [int(each.sum()) for each in halves if each is not None] == [15, 15, 14, 14]
    one, again, other = (operators.random_pixels(SHAPE, 0.2, seed).mask for seed in (0, 0, 1))
    assert one is not None
    assert again is not None
    assert other is not None
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_values() -> None:
    image = pictures(1, 0)
    assert torch.equal(operators.grey()(image)[0, 0], image[0].mean(0))
    assert torch.equal(operators.downsample(4)(image), resize(image, scale=0.25))
    assert torch.allclose(operators.blur(2)(torch.ones(1, *SHAPE)), torch.ones(1, *SHAPE), atol=1e-5)
    lengths = operators.gaussian(SHAPE, 400)(pictures(1, 5)).norm() / pictures(1, 5).norm()
    assert lengths.item() == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("share", [0.0, 1.5, -0.2])
def test_shares_are_shares(share: float) -> None:
    with pytest.raises(LatentError, match="above 0 and 1 at most"):
        measurement("random", SHAPE, share)
