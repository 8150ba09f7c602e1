"""EfficientNet-Lite0: published count, the layout of its weights, sizes, frozen statistics."""

from __future__ import annotations

import pytest
import torch

from ganvas.nets.features import EfficientNetLite0
from ganvas.nets.features.lite import LAYERS, SameConv2d


@pytest.fixture(scope="module")
def net() -> EfficientNetLite0:
    torch.manual_seed(0)
    return EfficientNetLite0(LAYERS)


def test_the_trunk_is_the_published_one(net: EfficientNetLite0) -> None:
    """4,652,008 in all, less the head: 320 x 1280 and its norm, 1280 x 1000 and its bias."""
    count = sum(parameter.numel() for parameter in net.parameters())
    assert count == 4_652_008 - (320 * 1280 + 2 * 1280) - (1280 * 1000 + 1000)
    shapes = {key: tuple(tensor.shape) for key, tensor in net.state_dict().items()}
    assert shapes["_conv_stem.weight"] == (32, 3, 3, 3)
    assert shapes["_blocks.0._depthwise_conv.weight"] == (32, 1, 3, 3)
    assert "_blocks.0._expand_conv.weight" not in shapes
    assert shapes["_blocks.11._expand_conv.weight"] == (672, 112, 1, 1)
    assert shapes["_blocks.15._project_conv.weight"] == (320, 1152, 1, 1)
    assert len(net._blocks) == 16


@pytest.mark.parametrize("size", [(64, 96), (75, 61)])
def test_sizes_are_rounded_up(net: EfficientNetLite0, size: tuple[int, int]) -> None:
    features = net(torch.rand(2, 3, *size))
    assert tuple(features) == LAYERS
    for (layer, feature), step, channels in zip(
        features.items(), (2, 2, 4, 8, 16, 16, 32, 32), (32, 16, 24, 40, 80, 112, 192, 320), strict=True
    ):
        assert feature.shape == (2, channels, -(-size[0] // step), -(-size[1] // step)), layer


def test_the_net_runs_no_deeper_than_it_must() -> None:
    part = EfficientNetLite0(["stem", "stage2"])
    assert len(part._blocks) == 3
    assert list(part(torch.rand(1, 3, 16, 16))) == ["stem", "stage2"]


@pytest.mark.parametrize(("length", "places"), [(4, (1, 3)), (5, (0, 2, 4))])
def test_padding_is_tensorflows(length: int, places: tuple[int, ...]) -> None:
    """A 3x3 kernel of stride 2 stands on pixels 1, 3 of 4 (the odd zero follows at the end), on 0, 2, 4 of 5."""
    conv = SameConv2d(1, 1, 3, 2)
    with torch.no_grad():
        conv.weight.zero_()[0, 0, 1, 1] = 1
    row = torch.arange(float(length)).expand(1, 1, length, length)
    assert conv(row)[0, 0, 0].tolist() == list(places)


def test_features_keep_both_signs_and_nothing_is_overwritten(net: EfficientNetLite0) -> None:
    image = torch.rand(1, 3, 32, 32)
    features = net(image)
    assert all(feature.min() < 0 < feature.max() for feature in features.values())
    for layer in ("stem", "stage1", "stage4"):
        torch.testing.assert_close(features[layer], _cut(net, layer)(image)[layer])


def _cut(net: EfficientNetLite0, layer: str) -> EfficientNetLite0:
    part = EfficientNetLite0([layer])
    part.load_state_dict({key: net.state_dict()[key] for key in part.state_dict()})
    return part


def test_it_stays_frozen_within_a_net_that_trains(net: EfficientNetLite0) -> None:
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    torch.nn.Sequential(net).train()
    image = torch.rand(2, 3, 32, 32, requires_grad=True)
    net(image)["stage7"].square().mean().backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in net.parameters())
    assert all(torch.equal(before[key], tensor) for key, tensor in net.state_dict().items())


def test_black_and_white_become_minus_one_and_one() -> None:
    net = EfficientNetLite0(["stem"])
    seen = list[torch.Tensor]()
    net._conv_stem.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    net(torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(1, 3, 2, 2))
    assert seen[0][0, 0, 0].tolist() == [-1, 1]


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(ValueError, match="no layer 'stage8': choose from stem, stage1"):
        EfficientNetLite0(["stage8"])
