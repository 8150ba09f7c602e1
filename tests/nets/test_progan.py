"""ProGAN's nets: what their layers compute, their counts, and what they make and judge while they grow."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate

from ganvas.nets.progan import (
    EqualisedConv,
    EqualisedDense,
    MinibatchDeviation,
    PixelNorm,
    ProGANDiscriminator,
    ProGANGenerator,
    faded,
    grow,
    widths_of,
)


def count(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.fixture
def generator() -> ProGANGenerator:
    torch.manual_seed(0)
    return ProGANGenerator(16, 3, 8, 64, 16)


@pytest.fixture
def critic() -> ProGANDiscriminator:
    torch.manual_seed(1)
    return ProGANDiscriminator(16, 3, 64, 16)


def test_counts_are_those_of_table_2() -> None:
    """23.1 million each, with one layer to colours and one from them; without pictures in between 16 and 512 maps."""
    with torch.device("meta"):
        generator, critic = ProGANGenerator(), ProGANDiscriminator()
    assert (count(generator), count(critic)) == (23_079_115, 23_087_249)
    alone = (
        count(generator) - sum(map(count, generator.to_rgb[:-1])),
        count(critic) - sum(map(count, critic.from_rgb[:-1])),
    )
    assert [round(each / 1e6, 1) for each in alone] == [23.1, 23.1]
    assert widths_of(1024, 8192, 512) == [512, 512, 512, 512, 256, 128, 64, 32, 16]


@pytest.mark.parametrize("kernel", [1, 3])
def test_weights_of_variance_1_keep_the_variance_of_what_is_1(kernel: int) -> None:
    torch.manual_seed(0)
    conv = EqualisedConv(96, 200, kernel, gain=1, padding=0)
    assert conv.weight.std().item() == pytest.approx(1, rel=0.02)
    assert conv(torch.randn(40, 96, 5, 5)).var().item() == pytest.approx(1, rel=0.1)
    dense = EqualisedDense(300, 400)
    assert dense(torch.randn(200, 300)).var().item() == pytest.approx(2, rel=0.1)


def test_equalised_layers_are_plain_ones_of_scaled_weights() -> None:
    torch.manual_seed(0)
    conv, dense = EqualisedConv(4, 6, 3), EqualisedDense(5, 7, gain=1)
    with torch.no_grad():
        conv.bias.normal_()
        dense.bias.normal_()
    maps, features = torch.randn(2, 4, 5, 5), torch.randn(3, 5)
    plain = nn.functional.conv2d(maps, conv.weight * math.sqrt(2 / 36), conv.bias, padding=1)
    assert torch.allclose(conv(maps), plain)
    assert torch.allclose(dense(features), features @ dense.weight.T / math.sqrt(5) + dense.bias, atol=1e-6)
    conv(maps).sum().backward()
    scaled = (conv.weight * conv.scale).detach().requires_grad_()
    nn.functional.conv2d(maps, scaled, conv.bias, padding=1).sum().backward()
    assert conv.weight.grad is not None
    assert scaled.grad is not None
    assert torch.allclose(conv.weight.grad, scaled.grad * math.sqrt(2 / 36), atol=1e-5)


def test_pixel_norm_leaves_mean_square_1() -> None:
    maps = 7 * torch.randn(3, 8, 4, 4)
    made = PixelNorm()(maps)
    assert torch.allclose(made.square().mean(1), torch.ones(3, 4, 4), atol=1e-5)
    assert torch.allclose(made * maps.square().mean(1, keepdim=True).sqrt(), maps, atol=1e-4)


def test_minibatch_deviation_by_hand() -> None:
    """Two groups, of the 1st and 3rd and of the 2nd and 4th picture, which differ by 2 and 6 in one of two maps."""
    maps = torch.zeros(4, 2, 1, 1)
    maps[:, 0, 0, 0] = torch.tensor([1.0, 2.0, 3.0, 8.0])
    made = MinibatchDeviation(2)(maps)
    assert torch.equal(made[:, :2], maps)
    small = 1e-4  # the root of the 1e-8 under each root
    expected = [(1 + small) / 2, (3 + small) / 2] * 2
    assert made[:, 2, 0, 0].tolist() == pytest.approx(expected, abs=1e-6)
    whole = MinibatchDeviation(4)(maps)[:, 2, 0, 0]
    assert whole.tolist() == pytest.approx([(math.sqrt((6.25 + 2.25 + 0.25 + 20.25) / 4) + small) / 2] * 4, abs=1e-6)


@pytest.mark.parametrize(("batch", "group"), [(8, 4), (6, 3), (5, 1), (3, 3), (1, 1)])
def test_groups_divide_the_batch(batch: int, group: int) -> None:
    torch.manual_seed(0)
    maps = torch.randn(batch, 3, 2, 2)
    more = MinibatchDeviation(4)(maps)[:, 3]
    assert more.shape == (batch, 2, 2)
    strided = maps[:: batch // group]
    expected = (strided.var(0, correction=0) + 1e-8).sqrt().mean()
    assert torch.allclose(more[0], expected.expand(2, 2))


def test_every_level_makes_and_judges_its_pictures(generator: ProGANGenerator, critic: ProGANDiscriminator) -> None:
    noise = torch.randn(4, 8)
    assert generator(noise).shape == (4, 3, 16, 16)
    for level in range(3):
        grow(generator, level)
        grow(critic, level)
        image = generator(noise)
        assert image.shape == (4, 3, 4 * 2**level, 4 * 2**level)
        assert critic(image).shape == (4, 1)
    for level in (-1, 3):
        with pytest.raises(ValueError, match=f"no level {level}"):
            grow(generator, level)
    with pytest.raises(ValueError, match="power of two from 4 on, not 24"):
        ProGANGenerator(24)


def test_noise_is_put_on_a_sphere(generator: ProGANGenerator) -> None:
    noise = torch.randn(2, 8)
    assert torch.allclose(generator(noise), generator(5 * noise), atol=1e-5)


@pytest.mark.parametrize("level", [1, 2])
def test_the_generator_fades_from_the_level_below(generator: ProGANGenerator, level: int) -> None:
    noise = torch.randn(3, 8)

    def made(at: int, alpha: float = 1.0) -> torch.Tensor:
        grow(generator, at, alpha)
        return generator(noise)

    below, own = interpolate(made(level - 1), scale_factor=2, mode="nearest"), made(level)
    assert (own - below).abs().max() > 0.1
    assert torch.allclose(made(level, 0.0), below, atol=1e-5)
    assert torch.allclose(made(level, 0.5), (below + own) / 2, atol=1e-5)
    assert torch.allclose(made(level, 0.999999), own, atol=1e-4)


@pytest.mark.parametrize("level", [1, 2])
def test_the_critic_fades_from_the_level_below(critic: ProGANDiscriminator, level: int) -> None:
    image = torch.rand(4, 3, 4 * 2**level, 4 * 2**level)
    met = list[torch.Tensor]()
    following = critic.blocks[level - 2] if level > 1 else critic.last
    following.register_forward_pre_hook(lambda _, inputs: met.append(inputs[0].detach()))

    def entered(alpha: float) -> torch.Tensor:
        grow(critic, level, alpha)
        critic(image)
        return met.pop()

    grow(critic, level - 1)
    below = critic(avg_pool2d(image, 2))
    met.clear()
    grow(critic, level, 0.0)
    assert torch.allclose(critic(image), below, atol=1e-5)
    met.clear()
    old, new = entered(0.0), entered(1.0)
    assert torch.allclose(new, critic.blocks[level - 1](critic.from_rgb[level](2 * image - 1)), atol=1e-5)
    assert (new - old).abs().max() > 0.1
    assert torch.allclose(entered(0.5), (old + new) / 2, atol=1e-5)


def test_all_layers_in_use_learn_throughout(generator: ProGANGenerator, critic: ProGANDiscriminator) -> None:
    grow(generator, 1, 0.5)
    grow(critic, 1, 0.5)
    critic(generator(torch.randn(4, 8))).square().sum().backward()
    for net in (generator, critic):
        moved = {name.rsplit(".", 1)[0] for name, p in net.named_parameters() if p.grad is not None and p.grad.any()}
        assert {name for name in moved if name.startswith(("to_rgb", "from_rgb"))} == {
            f"{'to_rgb' if net is generator else 'from_rgb'}.{level}{'' if net is generator else '.0'}"
            for level in (0, 1)
        }
        assert not any(name.startswith("blocks.1") for name in moved)
        assert any(name.startswith("blocks.0") for name in moved)


def test_real_pictures_fade_too() -> None:
    image = torch.rand(2, 3, 8, 8)
    coarse = interpolate(avg_pool2d(image, 2), scale_factor=2, mode="nearest")
    assert torch.allclose(faded(image, 0.0), coarse)
    assert torch.allclose(faded(image, 0.25), 0.75 * coarse + 0.25 * image, atol=1e-6)
    assert faded(image, 1.0) is image
