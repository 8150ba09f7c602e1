"""Every generator: shapes at odd sizes, ranges, and that it sees exactly as far as it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch
from torch import nn

from ganvas.nets.notes_generators import (
    TwiceX2,
    Upsampler,
    dilated,
    dilated_x2x2,
    espcn,
    rrdb_proto,
    rrdb_x2,
    tail,
    x2x2,
)
from ganvas.nets.receptive_field import receptive_field
from ganvas.nets.rrdb import RRDBNet
from ganvas.nets.srgan_slides import SlidesGenerator
from ganvas.nets.srresnet import SRResNet
from ganvas.nets.srvgg import SRVGGNet

Case = tuple[int, Callable[[], Any]]

CASES: dict[str, Case] = {
    "slides": (2, lambda: SlidesGenerator(2, 4)),
    "slides bilinear": (2, lambda: SlidesGenerator(3, 4, "none", "bilinear")),
    "slides tanh": (2, lambda: SlidesGenerator(1, 4, "tanh", initialisation="torch")),
    "srresnet x2": (2, lambda: SRResNet(2, 2, 4)),
    "srresnet x3": (3, lambda: SRResNet(3, 1, 4, prelu="channel", output="tanh")),
    "srresnet x4": (4, lambda: SRResNet(4, 2, 4, long_skip=False, conv_bias=False)),
    "rrdb x4": (4, lambda: RRDBNet(4, 4, 2, 2)),
    "rrdb x2": (2, lambda: RRDBNet(2, 4, 2, 1)),
    "rrdb x1": (1, lambda: RRDBNet(1, 4, 2, 1)),
    "srvgg x4": (4, lambda: SRVGGNet(4, 3, 4)),
    "srvgg x2": (2, lambda: SRVGGNet(2, 2, 4)),
    "tail": (4, tail),
    "dilated": (4, dilated),
    "dilated x2x2": (4, dilated_x2x2),
    "rrdb-proto": (4, lambda: rrdb_proto(blocks=1)),
    "rrdb-x2": (2, lambda: rrdb_x2(blocks=1)),
    "twice": (4, lambda: TwiceX2(SlidesGenerator(1, 4))),
    "twice, wider": (4, lambda: TwiceX2(SRVGGNet(2, 1, 4))),
    **{f"espcn {each}": (4, lambda each=each: espcn(each)) for each in get_args(Upsampler)},
    **{f"x2x2 {each}": (4, lambda each=each: x2x2(each)) for each in get_args(Upsampler)},
    **{f"rrdb-x2 {each}": (2, lambda each=each: rrdb_x2(each, 1)) for each in ("nearest", "transposed")},
}

every = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@every
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (8, 2)])
def test_shapes(case: Case, size: tuple[int, int]) -> None:
    scale, make = case
    with torch.no_grad():
        high = make().eval()(torch.rand(2, 3, *size))
    assert high.shape == (2, 3, scale * size[0], scale * size[1])


def positive(net: nn.Module) -> nn.Module:
    """``net`` with weights that cannot cancel, means over what they read."""
    for parameter in net.parameters():
        nn.init.constant_(parameter, 1 / parameter[0].numel() if parameter.dim() > 1 else 0.1)
    return net.double().eval().requires_grad_(False)


@every
@pytest.mark.parametrize("across", [False, True])
def test_the_receptive_field_is_what_the_net_says(case: Case, across: bool) -> None:
    """On a strip, along which the gradient must reach exactly to the margin from some pixel and further from none."""
    scale, make = case
    net: Any = positive(make())
    margin = net.receptive_field // 2
    assert net.receptive_field == 2 * margin + 1
    phases = net.multiple if isinstance(net, RRDBNet) else 1
    reached = 0
    for phase in range(phases):
        centre = 4 * (margin // 4 + 1) + phase
        strip = torch.zeros(1, 3, centre + margin + 8, 4, dtype=torch.float64, requires_grad=True)
        rows = slice(scale * centre, scale * (centre + 1))
        high = net(strip.mT).mT if across else net(strip)
        gradient = torch.autograd.grad(high[:, :, rows].sum(), strip)[0]
        seen = gradient[0].abs().sum((0, 2)).nonzero()
        reached = max(reached, centre - int(seen.min()), int(seen.max()) - centre)
    assert reached == margin


@every
def test_a_tile_with_its_margin_is_enough(case: Case) -> None:
    scale, make = case
    torch.manual_seed(0)
    net: Any = make().double().eval()
    margin = net.receptive_field // 2
    begin = 4
    strip = torch.rand(1, 3, begin + 2 * margin + 8, 4, dtype=torch.float64)
    with torch.no_grad():
        whole, tile = net(strip), net(strip[:, :, begin : begin + 2 * margin + 1])
    rows = slice(scale * (begin + margin), scale * (begin + margin + 1))
    assert torch.allclose(whole[:, :, rows], tile[:, :, scale * margin : scale * (margin + 1)], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("net", "side"),
    [
        (SlidesGenerator, 37),
        (SRResNet, 81),
        (RRDBNet, 699),
        (SRVGGNet, 37),
        (espcn, 9),
        (dilated, 39),
        (rrdb_x2, 969),
    ],
)
def test_the_receptive_fields_of_the_full_nets(net: Callable[[], Any], side: int) -> None:
    with torch.device("meta"):
        assert net().receptive_field == side


@pytest.mark.parametrize(
    ("path", "side"),
    [
        ([nn.Conv2d(1, 1, 3, padding=1)], 3),
        ([nn.Conv2d(1, 1, 3, padding=4, dilation=4)], 9),
        ([nn.PixelShuffle(2), nn.Conv2d(1, 1, 3, padding=1)], 3),
        ([nn.PixelShuffle(4), nn.Conv2d(1, 1, 11, padding=5)], 5),
        ([nn.Upsample(scale_factor=2)], 1),
        ([nn.Upsample(scale_factor=2, mode="bilinear")], 3),
        ([nn.ConvTranspose2d(1, 1, 2, 2)], 1),
        ([nn.ConvTranspose2d(1, 1, 4, 2, 1)], 3),
        ([nn.PixelUnshuffle(2), nn.PixelShuffle(2)], 3),
    ],
)
def test_single_layers(path: list[nn.Module], side: int) -> None:
    assert receptive_field(*path) == side


@pytest.mark.parametrize(
    "make",
    [
        lambda: SlidesGenerator(1, 4),
        lambda: SlidesGenerator(1, 4, "tanh"),
        lambda: SRResNet(4, 1, 4, output="tanh"),
    ],
)
def test_bounded_outputs_fill_the_range_and_no_more(make: Callable[[], nn.Module]) -> None:
    torch.manual_seed(0)
    net = make()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.mul_(30)
        high = net(torch.rand(4, 3, 8, 8))
    assert high.min() >= 0
    assert high.max() <= 1
    assert high.max() - high.min() > 0.9


def test_srresnet_aims_at_minus_one_to_one() -> None:
    net = SRResNet(2, 1, 4)
    for parameter in net.last.parameters():
        nn.init.zeros_(parameter)
    assert torch.equal(net(torch.rand(1, 3, 4, 4)), torch.full((1, 3, 8, 8), 0.5))


def test_the_long_skip_is_what_the_switch_says() -> None:
    """With a trunk that gives nothing, the first layer still comes through by the skip alone."""
    for long_skip in (True, False):
        net = SRResNet(2, 1, 4, long_skip=long_skip).eval()
        for parameter in net.trunk[-1].parameters():
            nn.init.zeros_(parameter)
        first, second = net(torch.zeros(1, 3, 8, 8)), net(torch.ones(1, 3, 8, 8))
        assert torch.equal(first, second) != long_skip


def test_srvgg_starts_from_the_nearest_pixel() -> None:
    net = SRVGGNet(3, 1, 4)
    for parameter in net.body[-1].parameters():
        nn.init.zeros_(parameter)
    low = torch.rand(1, 3, 2, 5)
    assert torch.equal(net(low), low.repeat_interleave(3, -1).repeat_interleave(3, -2))


def test_twice_is_twice() -> None:
    net = SlidesGenerator(1, 4).eval()
    low = torch.rand(1, 3, 5, 4)
    assert torch.equal(TwiceX2(net)(low), net(net(low)))
