"""The residual generator: counts, what it sees, any size, the skip, its noise."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.nets.normalisation import Norm
from ganvas.nets.resnet_generator import ResNetGenerator, Upsampling


def small(
    norm: Norm = "instance",
    *,
    blocks: int = 1,
    dropout: float = 0.0,
    global_skip: bool = False,
    upsample: Upsampling = "transposed",
) -> ResNetGenerator:
    return ResNetGenerator(blocks, norm, dropout, global_skip, width=4, upsample=upsample)


@pytest.mark.parametrize(
    ("blocks", "norm", "parameters"),
    [
        (6, "instance", 7_837_699),
        (9, "instance", 11_378_179),
        (6, "batch", 7_841_411),
        (9, "batch", 11_383_427),
        (9, "instance-affine", 11_383_427),
    ],
)
@pytest.mark.parametrize("upsample", ["transposed", "resize"])
def test_counts(blocks: int, norm: Norm, parameters: int, upsample: Upsampling) -> None:
    with torch.device("meta"):
        net = ResNetGenerator(blocks, norm, upsample=upsample)
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters


@pytest.mark.parametrize("upsample", ["transposed", "resize"])
@pytest.mark.parametrize("blocks", [0, 1, 2])
def test_the_receptive_field_is_what_the_net_says(blocks: int, upsample: Upsampling) -> None:
    """The farthest of the pixels on which one of the four in a row depends, to either side."""
    net = small("batch", blocks=blocks, upsample=upsample).double().eval()
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.001, 0.002)  # positive weights, so nothing cancels
    size, middle = 128, 64
    image = torch.ones(1, 3, size, size, dtype=torch.float64, requires_grad=True)
    made = net(image)
    reach = 0
    for place in range(middle, middle + net.multiple):
        (gradient,) = torch.autograd.grad(made[0, :, place, place].sum(), image, retain_graph=True)
        rows = gradient.abs().sum((0, 1, 3)).nonzero()
        assert rows.min() > 0
        assert rows.max() < size - 1
        reach = max(reach, place - int(rows.min()), int(rows.max()) - place)
    assert 2 * reach + 1 == net.receptive_field


@pytest.mark.parametrize("upsample", ["transposed", "resize"])
@pytest.mark.parametrize("global_skip", [False, True])
@pytest.mark.parametrize("size", [(1, 1), (2, 9), (8, 12), (31, 18)])
def test_sides_and_range(size: tuple[int, int], global_skip: bool, upsample: Upsampling) -> None:
    net = small(global_skip=global_skip, upsample=upsample)
    nn.init.normal_(net.leave[-2].weight, 0, 2)
    made = net(torch.rand(2, 3, *size))
    assert made.shape == (2, 3, *size)
    assert made.min() >= 0
    assert made.max() <= 1


def test_an_odd_picture_is_mirrored_and_cut() -> None:
    """The picture filled by hand gives what the odd one gives, cut."""
    net = small()
    image = torch.rand(1, 3, 10, 13)
    mirrored = torch.cat([image, image[..., [11, 10, 9]]], dim=-1)
    mirrored = torch.cat([mirrored, mirrored[..., [8, 7], :]], dim=-2)
    assert torch.equal(net(image), net(mirrored)[..., :10, :13])


def test_untaught_to_add_anything_it_gives_its_input_back() -> None:
    image = torch.rand(2, 3, 9, 14)
    for net, expected in ((small(global_skip=True), image), (small(), torch.full_like(image, 0.5))):
        nn.init.zeros_(net.leave[-2].weight)
        assert torch.allclose(net(image), expected, atol=1e-6)


def test_noise_at_test_time_is_a_switch() -> None:
    net = small(dropout=0.5, blocks=2).eval()
    image = torch.rand(1, 3, 16, 16)
    assert torch.equal(net(image), net(image))
    net.noisy = True
    assert not torch.equal(net(image), net(image))
    torch.manual_seed(3)
    one = net(image)
    torch.manual_seed(3)
    assert torch.equal(net(image), one)
    net.noisy = False
    assert torch.equal(net(image), net(image))
    assert not torch.equal(net.train()(image), net(image))


def test_without_dropout_there_is_no_noise() -> None:
    net = small()
    net.noisy = True
    image = torch.rand(1, 3, 16, 16)
    assert torch.equal(net(image), net(image))


@pytest.mark.parametrize("norm", ["instance", "instance-affine"])
def test_instances_are_made_alone(norm: Norm) -> None:
    net = small(norm)
    pictures = torch.rand(3, 3, 16, 20)
    together = net(pictures)
    assert torch.allclose(together, torch.cat([net(picture[None]) for picture in pictures]), atol=1e-5)
    assert not list(net.buffers())
    assert torch.equal(net.eval()(pictures), together)


@pytest.mark.parametrize("upsample", ["transposed", "resize"])
def test_every_parameter_is_taught(upsample: Upsampling) -> None:
    net = small("instance-affine", blocks=2, global_skip=True, upsample=upsample)
    (net(torch.rand(2, 3, 16, 16)) - 0.3).square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
