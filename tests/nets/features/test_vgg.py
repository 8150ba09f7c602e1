"""VGG: published counts, torchvision's layout, values before activation, the two doors."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import conv2d, max_pool2d

from ganvas.nets.features import VGG
from ganvas.nets.features.vgg import layer_names

CONVOLUTIONS = [name for name in layer_names(16) if name.startswith("conv")]


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    return torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def whole() -> VGG:
    torch.manual_seed(0)
    return VGG(16, [*CONVOLUTIONS, "pool5"])


@pytest.mark.parametrize(("depth", "parameters"), [(16, 14_714_688), (19, 20_024_384)])
def test_parameters(depth, parameters: int) -> None:
    assert sum(parameter.numel() for parameter in VGG(depth, ["pool5"]).parameters()) == parameters


@pytest.mark.parametrize(
    ("depth", "layers"),
    [
        (19, {"conv1_2": 2, "conv2_2": 7, "conv3_3": 14, "conv3_4": 16, "conv4_4": 25, "conv5_4": 34}),
        (16, dict(zip(CONVOLUTIONS, (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28), strict=True))),
        (16, {"pool2": 9, "pool5": 30}),
    ],
)
def test_layers_have_torchvisions_numbers(depth, layers: dict[str, int]) -> None:
    names = layer_names(depth)
    assert {layer: names.index(layer) for layer in layers} == layers


def test_a_truncated_net_takes_the_weights_of_the_whole_one(whole: VGG, image: torch.Tensor) -> None:
    part = VGG(16, ["conv2_1", "conv3_2"])
    keys = list(part.state_dict())
    assert keys == [f"features.{n}.{kind}" for n in (0, 2, 5, 7, 10, 12) for kind in ("weight", "bias")]
    part.load_state_dict({key: whole.state_dict()[key] for key in keys})
    features, expected = part(image), whole(image)
    assert list(features) == ["conv2_1", "conv3_2"]
    for layer, feature in features.items():
        torch.testing.assert_close(feature, expected[layer])


@pytest.mark.parametrize("after", [False, True])
def test_values_are_those_of_a_plain_recomputation(whole: VGG, image: torch.Tensor, after: bool) -> None:
    net = VGG(16, [*CONVOLUTIONS, "pool5"], after=after)
    net.load_state_dict(whole.state_dict())
    features = net(image)
    weights = net.state_dict()
    value = (image - net.mean) / net.deviation
    for index, name in enumerate(layer_names(16)):
        if name.startswith("conv"):
            value = conv2d(value, weights[f"features.{index}.weight"], weights[f"features.{index}.bias"], padding=1)
            assert (value < 0).any()
            torch.testing.assert_close(features[name], value.relu() if after else value)
        else:
            value = value.relu() if name.startswith("relu") else max_pool2d(value, 2)
    torch.testing.assert_close(features["pool5"], value)


def test_gradients_flow_to_the_picture_alone(whole: VGG, image: torch.Tensor) -> None:
    output = image.clone().requires_grad_()
    sum(feature.square().mean() for feature in whole(output).values()).backward()
    assert output.grad is not None
    assert output.grad.abs().sum() > 0
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in whole.parameters())


def test_each_door_brings_the_mean_of_its_training_to_zero() -> None:
    imagenet, caffe = VGG(16, ["conv1_1"]), VGG(16, ["conv1_1"], door="caffe")
    means = (0.485, 0.456, 0.406), (122.67892 / 255, 116.66877 / 255, 104.00699 / 255)
    for net, mean in zip((imagenet, caffe), means, strict=True):
        value = net(torch.tensor(mean).view(1, 3, 1, 1).expand(1, 3, 4, 4))["conv1_1"]
        bias = net.features[0].bias.view(1, -1, 1, 1).expand_as(value)
        torch.testing.assert_close(value, bias, atol=1e-4, rtol=0)


def test_the_door_of_caffe_is_bgr_of_0_to_255() -> None:
    net = VGG(16, ["conv1_1"], door="caffe")
    with torch.no_grad():
        net.features[0].weight.zero_()[0, :, 1, 1] = torch.tensor([1.0, 10.0, 100.0])
        net.features[0].bias.zero_()
    blue = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    assert net(blue)["conv1_1"][0, 0].item() == pytest.approx(
        255 - 104.00699 - 10 * 116.66877 - 100 * 122.67892, rel=1e-5
    )


@pytest.mark.parametrize("layer", ["conv5_4", "relu1_1", "fc6"])
def test_an_unknown_layer_is_named(layer: str) -> None:
    with pytest.raises(ValueError, match=f"VGG16 has no layer '{layer}': choose from conv1_1"):
        VGG(16, [layer])
