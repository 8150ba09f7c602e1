"""The discriminators that judge patches: counts, maps, what a place sees."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.normalisation import Norm
from ganvas.nets.patchgan import CycleDehazeDiscriminator, PatchGAN


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


def shape(net: nn.Module, size: tuple[int, int]) -> tuple[int, ...]:
    with torch.device("meta"):
        return tuple(net.to("meta")(torch.empty(2, 3, *size)).shape)


def seen(net: nn.Module, size: int, place: int) -> int:
    """The side of the square of pixels on which the output at (``place``, ``place``) depends."""
    net = net.double().eval()
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.01, 0.02)  # positive weights, so nothing cancels
    image = torch.ones(1, 3, size, size, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(net(image)[0, 0, place, place], image)
    rows, columns = (gradient.abs().sum((0, 1)) > 0).nonzero(as_tuple=True)
    sides = {int(where.max() - where.min()) + 1 for where in (rows, columns)}
    assert rows.min() > 0
    assert rows.max() < size - 1
    return sides.pop() if len(sides) == 1 else 0


@pytest.mark.parametrize(
    ("layers", "conditioned", "batch", "instance"),
    [
        (0, 9_024, 8_832, 8_705),
        (1, 139_585, 136_513, 136_385),
        (2, 666_433, 663_361, 662_977),
        (3, 2_768_705, 2_765_633, 2_764_737),
        (4, 6_964_033, 6_960_961, 6_959_553),
        (5, 11_159_361, 11_156_289, 11_154_369),
    ],
)
def test_counts(layers: int, conditioned: int, batch: int, instance: int) -> None:
    with torch.device("meta"):
        nets = PatchGAN(layers, 6), PatchGAN(layers), PatchGAN(layers, norm="instance")
        affine = PatchGAN(layers, norm="instance-affine")
    assert [count(net) for net in nets] == [conditioned, batch, instance]
    assert count(affine) == batch


@pytest.mark.parametrize(("layers", "side"), [(0, 256), (1, 126), (2, 62), (3, 30), (4, 14), (5, 6)])
def test_maps(layers: int, side: int) -> None:
    assert shape(PatchGAN(layers, width=2), (256, 256)) == (2, 1, side, side)


def test_the_map_of_deblurgan() -> None:
    net = PatchGAN(3, norm="instance", padding=2, width=2)
    assert shape(net, (256, 256)) == (2, 1, 35, 35)
    assert net.receptive_field == 70


@pytest.mark.parametrize(
    ("layers", "field", "size"), [(0, 1, 5), (1, 16, 40), (2, 34, 60), (3, 70, 100), (4, 142, 200)]
)
def test_what_a_place_sees(layers: int, field: int, size: int) -> None:
    net = PatchGAN(layers, width=2)
    places = net(torch.rand(2, 3, size, size)).shape[-1]
    assert seen(net, size, places // 2) == field == net.receptive_field


def test_what_imagegan_sees() -> None:
    assert seen(PatchGAN(5, width=1), 360, 4) == 286 == PatchGAN(5, width=1).receptive_field


def test_cycle_dehaze() -> None:
    with torch.device("meta"):
        assert count(CycleDehazeDiscriminator()) == 2_765_569
    assert shape(CycleDehazeDiscriminator(2), (256, 256)) == (2, 1, 16, 16)
    assert shape(CycleDehazeDiscriminator(2), (241, 129)) == (2, 1, 16, 9)


def test_what_a_place_sees_in_cycle_dehaze() -> None:
    """Its statistics see everything, so here they are left out."""
    net = CycleDehazeDiscriminator(2)
    net.body = nn.Sequential(*(layer for layer in net.body if not isinstance(layer, nn.InstanceNorm2d)))
    assert seen(net, 176, 5) == 94 == net.receptive_field


@pytest.mark.parametrize("norm", ["instance", "instance-affine"])
def test_instances_are_judged_alone(norm: Norm) -> None:
    net = PatchGAN(2, norm=norm, width=4)
    pictures = torch.rand(3, 3, 40, 33)
    together, alone = net(pictures), torch.cat([net(picture[None]) for picture in pictures])
    assert torch.allclose(together, alone, atol=1e-5)
    assert not list(net.buffers())
    assert torch.equal(net.eval()(pictures), together)


def test_batches_are_judged_together() -> None:
    net = PatchGAN(2, width=4)
    pictures = torch.rand(3, 3, 40, 40)
    assert (net(pictures)[:1] - net(pictures[:1])).abs().max() > 1e-4


def test_grey_in_the_middle_is_zero_inside() -> None:
    """The first layer, which has no bias yet, gives nothing for 1/2 and opposite values for 0 and 1."""
    net = PatchGAN(0, norm="batch", width=4)
    first = net.body[0]
    seen: list[torch.Tensor] = []
    first.register_forward_hook(lambda _layer, _input, output: seen.append(output))
    for level in (0.5, 0.0, 1.0):
        net.eval()(torch.full((1, 3, 2, 2), level))
    assert not seen[0].any()
    assert seen[1].any()
    assert torch.equal(seen[1], -seen[2])


def test_every_parameter_is_taught() -> None:
    for net in (PatchGAN(0, width=4), PatchGAN(2, width=4), CycleDehazeDiscriminator(4)):
        net(torch.rand(2, 3, 64, 64)).square().mean().backward()
        assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
