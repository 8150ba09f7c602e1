"""Every net: its shape, its published parameter count, its receptive field, odd sizes."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import pixel_shuffle, pixel_unshuffle

from ganvas.images import resize
from ganvas.nets.compact import Compact
from ganvas.nets.espcn import ESPCN, OnLuma
from ganvas.nets.interpolation import BackProjection
from ganvas.nets.multilayer import multilayer


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize(("scale", "parameters"), [(2, 21_284), (3, 22_729), (4, 24_752)])
def test_espcn_of_the_paper(scale: int, parameters: int) -> None:
    assert count(ESPCN(scale)) == parameters


@pytest.mark.parametrize(("scale", "parameters"), [(2, 26_796), (3, 31_131), (4, 37_200)])
def test_espcn_of_the_paper_on_colours(scale: int, parameters: int) -> None:
    assert count(ESPCN(scale, channels=3)) == parameters


@pytest.mark.parametrize(
    ("scale", "width", "parameters"), [(2, 128, 171_148), (4, 128, 212_656), (2, 64, 48_716), (4, 64, 69_488)]
)
def test_espcn_of_the_notes(scale: int, width: int, parameters: int) -> None:
    assert count(ESPCN(scale, (width, width), "lrelu", channels=3)) == parameters


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_compact_stays_within_its_size(scale: int) -> None:
    assert count(Compact(scale)) <= 400_000


ENLARGERS = [
    *(ESPCN(3, activation=a, output=o) for a in ("tanh", "relu", "lrelu") for o in ("none", "tanh", "sigmoid")),
    OnLuma(ESPCN(2), 2),
    Compact(2, 8, 3),
    Compact(4, 8, 1),
    Compact(4, 8, 4, block=2),
]


@pytest.mark.parametrize("net", ENLARGERS, ids=lambda net: type(net).__name__)
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (16, 2)])
def test_shapes(net: nn.Module, size: tuple[int, int]) -> None:
    channels = 1 if isinstance(net, ESPCN) else 3
    low = torch.rand(2, channels, *size)
    high = net(low)
    scale = high.shape[-1] // size[1]
    assert high.shape == (2, channels, size[0] * scale, size[1] * scale)


@pytest.mark.parametrize(
    "net",
    [ESPCN(2), Compact(2, 8, 3), Compact(4, 4, 6, block=2), Compact(2, 8, 3, back_projection=False)],
    ids=lambda net: type(net).__name__,
)
def test_the_receptive_field_is_what_the_net_says(net: ESPCN | Compact) -> None:
    channels = 1 if isinstance(net, ESPCN) else 3
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.01, 0.02)  # positive weights, so nothing cancels
    low = torch.zeros(1, channels, 41, 41, requires_grad=True)
    high = net(low)
    scale = high.shape[-1] // low.shape[-1]
    block = (..., slice(20 * scale, 21 * scale), slice(20 * scale, 21 * scale))
    gradient = torch.autograd.grad((high[block] * torch.rand_like(high[block])).sum(), low)[0]
    seen = gradient[0].sum(0).abs() > 0
    rows = seen.any(1).nonzero()
    assert (rows.max() - rows.min() + 1).item() == net.receptive_field


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_fresh_compact_is_bicubic_interpolation(scale: int) -> None:
    low = torch.rand(1, 3, 12, 9)
    inner = (..., slice(2 * scale, -2 * scale), slice(2 * scale, -2 * scale))
    net = Compact(scale, back_projection=False)
    assert (net(low) - resize(low, scale=scale))[inner].abs().max() < 1e-5


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_back_projection_is_that_of_resize(scale: int) -> None:
    """high + enlarged(low - reduced(high)), away from the border, which is repeated here and mirrored there."""
    low, high = torch.rand(1, 3, 20, 23), torch.rand(1, 3, 20 * scale, 23 * scale)
    made = pixel_shuffle(BackProjection(scale)(pixel_unshuffle(high, scale), low), scale)
    expected = high + resize(low - resize(high, scale=1 / scale), scale=scale)
    inner = (..., slice(5 * scale, -5 * scale), slice(5 * scale, -5 * scale))
    assert (made - expected)[inner].abs().max() < 1e-5


@pytest.mark.parametrize("scale", [2, 4])
def test_a_result_is_nearer_to_its_input_with_back_projection(scale: int) -> None:
    torch.manual_seed(0)
    low = resize(torch.rand(1, 3, 6, 6), (24, 24)).clamp(0, 1)
    without, with_it = Compact(scale, 8, 3, back_projection=False), Compact(scale, 8, 3)
    for net in (without, with_it):
        nn.init.normal_(net.last.weight, std=0.02, generator=torch.Generator().manual_seed(1))
    with_it.load_state_dict(without.state_dict())  # what is projected has no weights of its own
    lacking = [(resize(net(low), scale=1 / scale) - low).abs().mean().item() for net in (without, with_it)]
    assert lacking[1] < lacking[0] / 2


def test_luma_alone_is_touched() -> None:
    """With a net that only interpolates, colour in is the same colour out."""

    class Nearest(nn.Module):
        def forward(self, low: torch.Tensor) -> torch.Tensor:
            return low.repeat_interleave(2, -1).repeat_interleave(2, -2)

    colour = torch.rand(1, 3, 1, 1).expand(1, 3, 6, 6)
    assert (OnLuma(Nearest(), 2)(colour) - colour[..., :1, :1]).abs().max() < 1e-5


def test_multilayer() -> None:
    net = multilayer(64, 2, width=128, depth=2)
    assert net(torch.rand(5, 64)).shape == (5, 2)
    assert count(net) == 64 * 128 + 128 + 128 * 128 + 128 + 128 * 2 + 2
