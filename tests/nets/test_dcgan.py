"""DCGAN's nets and those that stand in their place: counts, sizes, ranges, and how they begin."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from ganvas.nets.dcgan import (
    DCGANDiscriminator,
    DCGANGenerator,
    Design,
    MLPDiscriminator,
    MLPGenerator,
)


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (DCGANGenerator, 18_851_200 + 2 * (16_384 + 512 + 256 + 128)),
        (DCGANDiscriminator, 17_229_184 + 2 * (256 + 512 + 1024)),
        (lambda: DCGANGenerator(width=64, design="wgan"), 3_576_704),
        (lambda: DCGANGenerator(width=64, design="wgan", norm=False), 3_574_784),
        (lambda: DCGANDiscriminator(width=64, design="wgan"), 2_765_568),
        (lambda: DCGANDiscriminator(width=64, design="wgan", norm="layer"), 2_765_568),
        (lambda: DCGANGenerator(width=64, noise=128, design="wgan-gp", norm=False, constant=True), 444_291),
        (MLPGenerator, 6_880_768),
        (MLPDiscriminator, 6_817_793),
    ],
)
def test_published_counts(make: Callable[[], nn.Module], parameters: int) -> None:
    # Not on the meta device, where the normal start of these nets takes seconds of imports.
    assert sum(parameter.numel() for parameter in make().parameters()) == parameters


@pytest.mark.parametrize("side", [16, 32, 64, 128])
@pytest.mark.parametrize("design", ["dcgan", "wgan", "wgan-gp"])
def test_every_side_is_made_and_judged(side: int, design: Design) -> None:
    torch.manual_seed(0)
    for channels in (1, 3):
        image = DCGANGenerator(side, channels, 2, 5, design)(torch.randn(3, 5))
        assert image.shape == (3, channels, side, side)
        assert 0 <= image.min() < image.max() <= 1
        assert DCGANDiscriminator(side, channels, 2, design)(image).shape == (3, 1)


def test_multilayer_nets_make_and_judge_any_side() -> None:
    image = MLPGenerator(16, 1, 8, 5)(torch.randn(3, 5))
    assert image.shape == (3, 1, 16, 16)
    assert MLPDiscriminator(16, 1, 8)(image).shape == (3, 1)


@pytest.mark.parametrize("side", [4, 48, 100])
def test_other_sides_are_refused(side: int) -> None:
    for net in (DCGANGenerator, DCGANDiscriminator):
        with pytest.raises(ValueError, match=f"power of two from 8 on, not {side}"):
            net(side)


def test_the_nets_see_and_make_pictures_around_zero() -> None:
    """Grey is 0 to both: a judge without biases and norms says nothing of it, a silent generator makes it."""
    assert DCGANDiscriminator(16, 3, 4, norm="none")(torch.full((2, 3, 16, 16), 0.5)).abs().max() == 0
    for generator in (DCGANGenerator(16, 3, 4, 5, norm=False), DCGANGenerator(16, 3, 4, 5, "wgan", norm=False)):
        assert (generator(torch.zeros(2, 5)) == 0.5).all()


def test_norms_stand_everywhere_but_at_the_picture() -> None:
    def kinds(net: nn.Module, *kind: type[nn.Module]) -> int:
        return sum(isinstance(layer, kind) for layer in net.modules())

    generator, discriminator = DCGANGenerator(32, width=2), DCGANDiscriminator(32, width=2)
    assert kinds(generator, nn.BatchNorm1d, nn.BatchNorm2d) == 3
    assert kinds(discriminator, nn.BatchNorm2d) == 2
    assert not kinds(DCGANGenerator(32, width=2, norm=False), nn.BatchNorm1d, nn.BatchNorm2d)
    assert kinds(DCGANDiscriminator(32, width=2, norm="layer"), nn.GroupNorm) == 2
    assert not kinds(DCGANDiscriminator(32, width=2, norm="none"), nn.BatchNorm2d, nn.GroupNorm)


def test_a_layer_norm_judges_each_picture_alone_and_a_batch_norm_does_not() -> None:
    torch.manual_seed(0)
    image = torch.rand(4, 3, 16, 16)
    for norm, alone in (("layer", True), ("none", True), ("batch", False)):
        net = DCGANDiscriminator(16, 3, 4, norm=norm)
        assert torch.allclose(net(image)[:2], net(image[:2]), atol=1e-6) is alone


@pytest.mark.parametrize("design", ["dcgan", "wgan"])
def test_weights_begin_small(design: Design) -> None:
    torch.manual_seed(0)
    for net in (DCGANGenerator(32, 3, 16, 64, design), DCGANDiscriminator(32, 3, 16, design)):
        for name, parameter in net.named_parameters():
            if parameter.ndim > 1:
                assert parameter.std().item() == pytest.approx(0.02, rel=0.1), name
            elif name.endswith("bias"):
                assert (parameter == 0).all()
            else:
                assert parameter.mean().item() == pytest.approx(1, abs=0.02)
                assert parameter.std().item() == pytest.approx(0.02, rel=0.5)


def test_weights_of_the_third_design_begin_after_he() -> None:
    torch.manual_seed(0)
    up = DCGANGenerator(16, 3, 16, 64, "wgan-gp", norm=False).body[-4]
    down = DCGANDiscriminator(16, 3, 16, "wgan-gp", "none").body[2]
    assert isinstance(up, nn.ConvTranspose2d)
    assert isinstance(down, nn.Conv2d)
    for layer, fans in ((up, 32 * 25 / 4 + 16 * 25), (down, 16 * 25 + 32 * 25 / 4)):
        assert layer.weight.std().item() == pytest.approx(math.sqrt(4 / fans), rel=0.03)
        assert layer.weight.abs().max().item() <= math.sqrt(12 / fans)
        assert layer.bias is not None
