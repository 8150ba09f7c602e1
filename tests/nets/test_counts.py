"""The parameter counts that papers, official code and slides give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from ganvas.nets.notes_discriminators import NOTES_DISCRIMINATORS, Pieces
from ganvas.nets.notes_generators import NOTES_GENERATORS, dilated
from ganvas.nets.rrdb import RRDBNet, rrdb
from ganvas.nets.srgan_slides import SlidesDiscriminator, SlidesGenerator
from ganvas.nets.srresnet import SRGANDiscriminator, SRResNet
from ganvas.nets.srvgg import SRVGGNet
from ganvas.nets.unet_discriminator import UNetDiscriminator
from ganvas.nets.vgg_discriminator import VGGDiscriminator


def count(make: Callable[[], nn.Module]) -> int:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in make().parameters())


@pytest.mark.parametrize(
    ("make", "parameters"),
    [
        (SlidesGenerator, 595_395),
        (SlidesDiscriminator, 1_857),
        (lambda: SlidesDiscriminator("map"), 1_857),
        (SRResNet, 1_549_462),
        (lambda: SRResNet(prelu="channel"), 1_550_659),
        (lambda: SRResNet(conv_bias=False), 1_547_350),
        (lambda: SRResNet(prelu="channel", conv_bias=False), 1_548_547),
        (lambda: SRResNet(long_skip=False), 1_549_462),
        (lambda: SRResNet(blocks=5), 734_219),
        (lambda: SRResNet(2), 1_401_749),
        (SRGANDiscriminator, 23_565_505),
        (lambda: SRGANDiscriminator(128), 38_245_569),
        (lambda: SRGANDiscriminator(None), 5_215_425),
        (RRDBNet, 16_697_987),
        (lambda: RRDBNet(blocks=16), 11_662_019),
        (lambda: RRDBNet(blocks=6), 4_467_779),
        (lambda: RRDBNet(2), 16_703_171),
        (lambda: RRDBNet(1), 16_723_907),
        (rrdb, 719_424),
        (VGGDiscriminator, 14_499_401),
        (lambda: VGGDiscriminator(256), 21_055_049),
        (UNetDiscriminator, 4_376_897),
        (lambda: UNetDiscriminator(spectral=False), 4_376_897),
        (SRVGGNet, 621_424),
        (lambda: SRVGGNet(convs=32), 1_213_296),
        (lambda: dilated(dilations=(1, 2, 4, 2, 1)), 802_992),
    ],
)
def test_published(make: Callable[[], nn.Module], parameters: int) -> None:
    assert count(make) == parameters


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("espcn", 212_656),
        ("tail", 463_491),
        ("x2x2", 371_331),
        ("dilated", 802_992),
        ("dilated-x2x2", 961_667),
        ("rrdb-proto", 26_691_504),
        ("rrdb-x2", 16_293_763),
    ],
)
def test_generators_of_the_notes(name: str, parameters: int) -> None:
    assert count(lambda: NOTES_GENERATORS[name]("shuffle")) == parameters


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("base", 174_817), ("deep", 368_801), ("dilated", 2_504_001), ("dilated8", 2_504_001)],
)
def test_discriminators_of_the_notes(name: str, parameters: int) -> None:
    assert count(lambda: NOTES_DISCRIMINATORS[name](Pieces())) == parameters
    assert count(lambda: NOTES_DISCRIMINATORS[name](Pieces(dropout=0.5))) == parameters


def test_strided_convolutions_cost_their_weights_and_norms() -> None:
    pooled, strided = (count(lambda s=s: NOTES_DISCRIMINATORS["base"](Pieces(strided=s))) for s in (None, 4))
    assert strided - pooled == 16 * (32**2 + 64**2) + 2 * (32 + 64)


def test_buffers_of_the_slides() -> None:
    buffers = dict(SlidesGenerator().named_buffers())
    assert sum(buffer.numel() for name, buffer in buffers.items() if "num_batches" not in name) == 1_024


def test_srresnet_has_33_normalisations() -> None:
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in SRResNet().modules()) == 33
