"""The U-Net generator: counts, any size, skips, where it drops, whose statistics it takes."""

from __future__ import annotations

from typing import Literal

import pytest
import torch
from torch import nn

from ganvas.nets.normalisation import Norm
from ganvas.nets.unet_generator import UNetGenerator

Statistics = Literal["batch", "running"]


def small(
    norm: Norm = "batch",
    *,
    levels: int = 5,
    skips: bool = True,
    dropout: float = 0.0,
    dropout_from: Literal["torch", "pytorch"] = "torch",
    statistics: Statistics = "batch",
) -> UNetGenerator:
    return UNetGenerator(3, 3, levels, 4, norm, skips, dropout, dropout_from, statistics=statistics)


@pytest.mark.parametrize(
    ("levels", "norm", "skips", "parameters"),
    [
        (8, "batch", True, 54_413_955),
        (8, "instance-affine", True, 54_413_955),
        (8, "batch", False, 39_075_459),
        (7, "batch", True, 41_828_995),
    ],
)
def test_counts(levels: int, norm: Norm, skips: bool, parameters: int) -> None:
    with torch.device("meta"):
        net = UNetGenerator(levels=levels, norm=norm, skips=skips)
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters


@pytest.mark.parametrize(("skips", "parameters"), [(True, 54_419_459), (False, 39_080_963)])
def test_counts_with_all_biases(skips: bool, parameters: int) -> None:
    """The published ones have a scale and a shift beside each of the 4,928 normalised biases."""
    with torch.device("meta"):
        net = UNetGenerator(norm="instance", skips=skips)
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters - 2 * 4_928


def test_it_halves_256_to_a_single_place() -> None:
    net = UNetGenerator(width=1)
    assert net.multiple == 256
    maps: list[int] = []
    for level in (*net.encoder, *net.decoder):
        level.register_forward_hook(lambda _level, _input, output: maps.append(output.shape[-1]))
    assert net(torch.rand(1, 3, 256, 256)).shape == (1, 3, 256, 256)
    assert maps == [128, 64, 32, 16, 8, 4, 2, 1, 2, 4, 8, 16, 32, 64, 128, 256]


@pytest.mark.parametrize("norm", ["batch", "instance"])
@pytest.mark.parametrize("size", [(1, 1), (17, 8), (33, 40), (32, 64)])
def test_sides_and_channels(size: tuple[int, int], norm: Norm) -> None:
    net = UNetGenerator(1, 2, levels=5, width=4, norm=norm)
    assert net(torch.rand(1, 1, *size)).shape == (1, 2, *size)


def test_it_fills_the_range_and_never_leaves_it() -> None:
    net = small()
    for parameter in net.decoder[-1].parameters():
        nn.init.normal_(parameter, 0, 3)
    made = net(torch.rand(1, 3, 32, 64))
    assert 0 <= made.min() < 0.1
    assert 0.9 < made.max() <= 1


def test_an_odd_picture_is_mirrored_and_cut() -> None:
    net = small(levels=3)
    image = torch.rand(1, 3, 8, 13)
    mirrored = torch.cat([image, image[..., [11, 10, 9]]], dim=-1)
    assert torch.equal(net(image), net(mirrored)[..., :13])


@pytest.mark.parametrize("skips", [True, False])
def test_skips_lead_around_the_innermost_level(skips: bool) -> None:
    """Without them a silent innermost level leaves nothing of the picture."""
    net = small(skips=skips, statistics="running").eval()
    for parameter in net.encoder[-1].parameters():
        nn.init.zeros_(parameter)
    one, other = net(torch.rand(1, 3, 64, 64)), net(torch.rand(1, 3, 64, 64))
    assert torch.equal(one, other) is not skips


def test_a_level_reads_what_was_made_and_then_the_skip() -> None:
    net = small(levels=3)
    made: list[torch.Tensor] = []
    read: list[torch.Tensor] = []
    for level in (*net.encoder, *net.decoder):
        level.register_forward_hook(lambda _level, _input, output: made.append(output))
        level.register_forward_pre_hook(lambda _level, input: read.append(input[0]))
    net(torch.rand(1, 3, 16, 16))
    e1, e2, e3, d1, d2, _ = made
    assert torch.equal(read[3], e3)
    assert torch.equal(read[4], torch.cat([d1, e2], dim=1))
    assert torch.equal(read[5], torch.cat([d2, e1], dim=1))


@pytest.mark.parametrize(
    ("dropout_from", "levels", "expected"),
    [("torch", 8, [1, 2, 3]), ("pytorch", 8, [2, 3, 4]), ("torch", 3, [1, 2]), ("pytorch", 3, [2])],
)
def test_where_it_drops(dropout_from: Literal["torch", "pytorch"], levels: int, expected: list[int]) -> None:
    """With a probability of one the level after the one that drops reads zeros."""
    net = small(levels=levels, skips=False, dropout=1.0, dropout_from=dropout_from)
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.1, 0.2)  # zeros that come in go out as the bias of the norm
    silent: list[bool] = []
    for level in net.decoder[1:]:
        level.register_forward_pre_hook(lambda _level, input: silent.append(not input[0].any()))
    net(torch.rand(2, 3, 2**levels, 2**levels))
    assert [number for number, nothing in enumerate(silent, start=1) if nothing] == expected


def test_noise_at_test_time_is_a_switch() -> None:
    net = small(dropout=0.5, statistics="running").eval()
    image = torch.rand(1, 3, 32, 32)
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


@pytest.mark.parametrize(
    ("norm", "statistics", "alone"),
    [("batch", "batch", False), ("batch", "running", True), ("instance", "batch", True)],
)
def test_whose_statistics_it_takes_at_test_time(norm: Norm, statistics: Statistics, alone: bool) -> None:
    net = small(norm, statistics=statistics).eval()
    pictures = torch.rand(2, 3, 64, 64) * torch.tensor([1.0, 0.2]).view(2, 1, 1, 1)
    difference = (net(pictures)[:1] - net(pictures[:1])).abs().max()
    assert (difference < 1e-5) if alone else (difference > 1e-3)


def test_with_one_picture_the_batch_is_the_instance() -> None:
    """The norms begin alike but for scales near one, so those are set to one."""
    nets = small("batch"), small("instance-affine")
    nets[1].load_state_dict(nets[0].state_dict())
    image = torch.rand(1, 3, 32, 40)
    assert torch.allclose(nets[0].eval()(image), nets[1](image), atol=1e-5)


def test_every_parameter_is_taught() -> None:
    net = small(dropout=0.5)
    (net(torch.rand(2, 3, 64, 64)) - 0.3).square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() and p.grad.any() for p in net.parameters())
