"""How perceptrons begin, what is between their layers, and by what they divide first."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.multilayer import multilayer


def layers(net: nn.Sequential) -> list[nn.Linear]:
    return [layer for layer in net if isinstance(layer, nn.Linear)]


def test_as_pytorch_begins_where_nothing_is_said() -> None:
    torch.manual_seed(0)
    net = multilayer(3, 2, width=5, depth=1)
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    assert [(key, value.tolist()) for key, value in net.state_dict().items()] == [
        (key, value.tolist()) for key, value in plain.state_dict().items()
    ]


@pytest.mark.parametrize("gain", [0.8, 1.4])
def test_orthogonal_with_a_gain_and_no_bias(gain: float) -> None:
    for layer in layers(multilayer(20, 2, width=12, depth=2, start=gain)):
        short = min(layer.weight.shape)
        weight = layer.weight if layer.weight.shape[0] == short else layer.weight.T
        assert torch.allclose(weight @ weight.T, gain**2 * torch.eye(short), atol=1e-5)
        assert not layer.bias.any()


def test_he_keeps_the_square_of_what_goes_through_relu() -> None:
    torch.manual_seed(0)
    net = multilayer(400, 400, width=400, depth=3, start="he")
    for layer in layers(net):
        assert layer.weight.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
        assert layer.weight.abs().max().item() <= (6 / 400) ** 0.5, "uniform"
        assert not layer.bias.any()
    made = net[:-2](torch.randn(500, 400))
    assert made.square().mean().item() == pytest.approx(2, rel=0.2)


def test_divided_first() -> None:
    torch.manual_seed(0)
    net = multilayer(2, 1, width=6, divide=4.0)
    points = torch.randn(7, 2)
    assert torch.allclose(net(points), nn.Sequential(*list(net)[1:])(points / 4))
    assert len(net) == len(multilayer(2, 1, width=6)) + 1


def test_tanh_is_odd_and_relu_is_not() -> None:
    points = torch.randn(7, 2)
    odd = multilayer(2, 1, 6, activation="tanh", start=0.8)
    assert torch.allclose(odd(points), -odd(-points), atol=1e-6)
    ramp = multilayer(2, 1, 6, start=0.8)
    assert not torch.allclose(ramp(points), -ramp(-points), atol=1e-3)
