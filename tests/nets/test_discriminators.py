"""Every discriminator: the shape of its verdict, how far it sees, its switches."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from ganvas.nets.notes_discriminators import NOTES_DISCRIMINATORS, Pieces
from ganvas.nets.srgan_slides import SlidesDiscriminator
from ganvas.nets.srresnet import SRGANDiscriminator
from ganvas.nets.unet_discriminator import UNetDiscriminator
from ganvas.nets.vgg_discriminator import VGGDiscriminator


@pytest.mark.parametrize(
    ("net", "size", "verdict"),
    [
        (SlidesDiscriminator(), (7, 5), ()),
        (SlidesDiscriminator("map"), (7, 5), (1, 7, 5)),
        (SRGANDiscriminator(16), (16, 16), ()),
        (SRGANDiscriminator(20), (20, 20), ()),
        (SRGANDiscriminator(None), (17, 40), ()),
        (VGGDiscriminator(8), (8, 8), ()),
        (VGGDiscriminator(32), (32, 32), ()),
        (UNetDiscriminator(4), (16, 8), (1, 16, 8)),
        (UNetDiscriminator(4), (13, 27), (1, 13, 27)),
    ],
)
def test_shapes(net: nn.Module, size: tuple[int, int], verdict: tuple[int, ...]) -> None:
    assert net(torch.rand(2, 3, *size)).shape == (2, *(verdict or (1,)))


def test_full_sizes() -> None:
    with torch.device("meta"):
        for net, size in [
            (SRGANDiscriminator(), 96),
            (VGGDiscriminator(), 128),
            (VGGDiscriminator(256), 256),
        ]:
            assert net(torch.empty(2, 3, size, size)).shape == (2, 1)
        assert UNetDiscriminator(spectral=False)(torch.empty(1, 3, 256, 256)).shape == (1, 1, 256, 256)


@pytest.mark.parametrize("strided", [None, 2, 3, 4])
@pytest.mark.parametrize(("name", "side"), [("base", 64), ("deep", 64), ("dilated", 32), ("dilated8", 32)])
def test_maps_of_the_notes(name: str, side: int, strided: Any) -> None:
    with torch.device("meta"):
        net = NOTES_DISCRIMINATORS[name](Pieces(strided=strided))
        assert net(torch.empty(1, 3, 256, 256)).shape == (1, 1, side, side)
        assert net(torch.empty(1, 3, 128, 256)).shape == (1, 1, side // 2, side)


def test_the_map_of_a_shifted_tile() -> None:
    with torch.device("meta"):
        assert NOTES_DISCRIMINATORS["dilated"](Pieces())(torch.empty(1, 3, 248, 248)).shape == (1, 1, 31, 31)


@pytest.mark.parametrize(
    ("name", "side", "stride"), [("base", 26, 4), ("deep", 40, 4), ("dilated", 166, 8), ("dilated8", 278, 8)]
)
def test_receptive_fields_of_the_notes(name: str, side: int, stride: int) -> None:
    seen, step = 1, 1
    for layer in NOTES_DISCRIMINATORS[name](Pieces(4)).modules():
        if isinstance(layer, nn.Conv2d):
            seen += layer.dilation[0] * (layer.kernel_size[0] - 1) * step
        elif isinstance(layer, nn.MaxPool2d):
            seen, step = seen + step, step * 2
    assert (seen, step) == (side, stride)


@pytest.mark.parametrize("name", NOTES_DISCRIMINATORS)
def test_dropout_follows_every_activation_in_training_alone(name: str) -> None:
    net = NOTES_DISCRIMINATORS[name](Pieces(4, dropout=0.5))
    followers = [b for a, b in pairwise(list(net.modules())) if isinstance(a, nn.LeakyReLU)]
    assert followers
    assert all(isinstance(layer, nn.Dropout) and layer.p == 0.5 for layer in followers)
    image = torch.rand(2, 3, 32, 32)
    assert not torch.equal(net(image), net(image))
    assert torch.equal(net.eval()(image), net(image))


def test_the_pooled_logit_of_the_slides_is_the_mean_of_the_map() -> None:
    pooled, full = SlidesDiscriminator(), SlidesDiscriminator("map")
    full.load_state_dict(pooled.state_dict())
    image = torch.rand(2, 3, 6, 9)
    assert torch.allclose(pooled(image), full(image).mean((2, 3)), atol=1e-6)


def test_spectral_norms_are_one_where_they_are_bound() -> None:
    torch.manual_seed(0)
    net = UNetDiscriminator(4)
    convs = [layer for layer in net.modules() if isinstance(layer, nn.Conv2d)]
    bound = [conv for conv in convs if is_parametrized(conv)]
    assert (len(convs), len(bound)) == (10, 8)
    assert not any(is_parametrized(conv) for conv in (convs[0], convs[-1]))
    for _ in range(100):
        net(torch.rand(1, 3, 8, 8))
    for conv in bound:
        assert torch.linalg.matrix_norm(conv.weight.flatten(1), 2).item() == pytest.approx(1, abs=1e-3)
    assert not any(is_parametrized(layer) for layer in UNetDiscriminator(4, spectral=False).modules())


def test_the_skips_of_the_u_net_carry_pixels() -> None:
    """A single pixel moves its own logit although the map in the middle is eight times as coarse."""
    torch.manual_seed(0)
    net = UNetDiscriminator(4, spectral=False).eval()
    image = torch.rand(1, 3, 16, 16, requires_grad=True)
    gradient = torch.autograd.grad(net(image)[0, 0, 8, 8], image)[0].abs().sum(1)[0]
    assert gradient[8, 8] > gradient[1, 1]


@pytest.mark.parametrize("size", [4, 96, 0])
def test_sizes_that_the_vgg_discriminator_cannot_halve(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        VGGDiscriminator(size)
