"""Muon: orthogonal steps for kernels, Adam for the rest, and a bound on how large kernels become."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.linalg import matrix_norm, svd, svdvals

from ganvas.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(8, 8), (6, 40), (40, 6)])
def test_orthogonal_keeps_the_directions_and_evens_the_singular_values(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    left, values, right = svd(matrix, full_matrices=False)
    inner = left.T @ orthogonal(matrix) @ right.T
    assert (inner - inner.diag().diag()).abs().max() < 0.02
    kept = inner.diag()[values > 0.05 * values[0]]
    assert kept.min() > 0.6
    assert kept.max() < 1.3


def one_convolution(rate: float, decay: float) -> tuple[nn.Conv2d, Muon]:
    torch.manual_seed(0)
    net = nn.Conv2d(6, 10, 3)
    return net, Muon(net, rate, decay=decay)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4])
def test_the_rate_is_the_spectral_norm_of_a_step_whatever_the_gradient(size: float) -> None:
    net, optimizer = one_convolution(0.02, decay=0)
    before = net.weight.detach().clone()
    net.weight.grad = size * torch.randn_like(net.weight)
    optimizer.step()
    assert matrix_norm((net.weight - before).flatten(1), 2).item() == pytest.approx(0.02, rel=0.25)


def test_the_decay_bounds_the_norm_of_a_kernel_pushed_one_way() -> None:
    norms: list[float] = []
    for decay in (0.0, 0.5):
        net, optimizer = one_convolution(0.1, decay)
        push = torch.randn_like(net.weight)
        for _ in range(300):
            net.weight.grad = push
            optimizer.step()
        norms.append(svdvals(net.weight.detach().flatten(1))[0].item())
    assert norms[0] > 20
    assert 1.5 < norms[1] < 1.25 / 0.5


def test_biases_and_plain_modules_are_moved_by_adam() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.PReLU(4), nn.Conv2d(4, 4, 3))
    twin = nn.Sequential(nn.Conv2d(3, 4, 3), nn.PReLU(4), nn.Conv2d(4, 4, 3))
    twin.load_state_dict(net.state_dict())
    ours, adam = Muon(net, 0.1, 1e-3, plain=(net[0],)), torch.optim.Adam(twin.parameters(), lr=1e-3)
    for _ in range(3):
        for mine, theirs in zip(net.parameters(), twin.parameters(), strict=True):
            mine.grad = torch.randn_like(mine)
            theirs.grad = mine.grad.clone()
        ours.step()
        adam.step()
    for (name, mine), theirs in zip(net.named_parameters(), twin.parameters(), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-7) == (name != "2.weight"), name
