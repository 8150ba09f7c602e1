"""What is behind the trunks of the feature nets: pooled features and logits, and the weights they have."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import interpolate, linear, relu6

from ganvas import pretrained
from ganvas.nets.features import EfficientNetLite0, InceptionV3
from ganvas.nets.features.inception import Classifier
from ganvas.pretrained import SOURCES, Fetched, PretrainedError, weights_of


@pytest.fixture(scope="module")
def lite0() -> EfficientNetLite0:
    torch.manual_seed(0)
    return EfficientNetLite0(["stage7", "pooled", "logits"])


@pytest.fixture(scope="module")
def inception() -> InceptionV3:
    torch.manual_seed(0)
    net = InceptionV3(["2048", "logits"])
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)
    return net


def test_lite0_has_the_published_count_and_names(lite0: EfficientNetLite0) -> None:
    assert sum(parameter.numel() for parameter in lite0.parameters()) == 4_652_008
    shapes = {key: tuple(tensor.shape) for key, tensor in lite0.state_dict().items()}
    assert shapes["_conv_head.weight"] == (1280, 320, 1, 1)
    assert shapes["_bn1.running_var"] == (1280,)
    assert (shapes["_fc.weight"], shapes["_fc.bias"]) == ((1000, 1280), (1000,))


def test_lite0s_head_is_a_plain_recomputation(lite0: EfficientNetLite0) -> None:
    found = lite0(torch.rand(2, 3, 40, 70))
    value = torch.einsum("oc,nchw->nohw", lite0._conv_head.weight[..., 0, 0], found["stage7"])
    value = relu6(value / (1 + 1e-3) ** 0.5)  # a new norm changes nothing but this
    torch.testing.assert_close(found["pooled"][..., 0, 0], value.mean((2, 3)), rtol=1e-4, atol=1e-4)
    assert found["pooled"].shape == (2, 1280, 1, 1)
    logits = linear(found["pooled"].flatten(1), lite0._fc.weight, lite0._fc.bias)
    torch.testing.assert_close(found["logits"], logits)


def test_a_trunk_has_no_head() -> None:
    assert not any("head" in key or "fc" in key for key in EfficientNetLite0(["stage1"]).state_dict())
    pooled = EfficientNetLite0(["pooled"])
    assert list(pooled(torch.rand(1, 3, 32, 32))) == ["pooled"]
    assert "_fc.weight" not in pooled.state_dict()


def test_lite0s_pictures_are_resized_with_antialiasing() -> None:
    net, plain = EfficientNetLite0(["stem"], resized=True), EfficientNetLite0(["stem"])
    plain.load_state_dict(net.state_dict())
    image = torch.rand(1, 3, 500, 300)
    small = interpolate(image, (224, 224), mode="bilinear", antialias=True)
    torch.testing.assert_close(net(image)["stem"], plain(small)["stem"])
    assert net(image)["stem"].shape[2:] == (112, 112)


def test_inceptions_logits_are_of_the_mean_without_a_bias(inception: InceptionV3) -> None:
    assert inception.state_dict()["fc.weight"].shape == (1008, 2048)
    assert "fc.bias" not in inception.state_dict()
    found = inception(torch.rand(1, 3, 107, 139))
    assert found["2048"].shape == (1, 2048, 1, 1)
    logits = found["2048"].flatten(1) @ inception.get_parameter("fc.weight").mT
    torch.testing.assert_close(found["logits"], logits)
    assert logits.std() > 0.01
    assert inception.get_submodule("fc")(torch.zeros(1, 2048, 2, 3)).abs().max() == 0


def test_a_classifier_takes_the_mean_first() -> None:
    classifier, input = Classifier(3, 2, bias=False), torch.rand(4, 3, 5, 6)
    torch.testing.assert_close(classifier(input), classifier(input.mean((2, 3), keepdim=True)))


def test_the_published_file_has_a_bias_that_is_not_used(
    inception: InceptionV3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FID's file is strictly that of torchvision's net with 1008 classes: fc.weight, fc.bias."""
    published = {**inception.state_dict(), "fc.bias": torch.ones(1008)}
    monkeypatch.setattr(pretrained, "_torch", lambda path: published)
    net, image = pretrained.features("inception", ["logits"], tmp_path), torch.rand(1, 3, 75, 75)
    assert [name for name, _ in net.named_children()][-2:] == ["Mixed_7c", "fc"]
    found = net(image)
    assert list(found) == ["logits"]
    assert torch.equal(found["logits"], inception(image)["logits"])


def test_unknown_layers_are_told_with_the_heads() -> None:
    with pytest.raises(ValueError, match="2048, logits"):
        InceptionV3(["fc"])
    with pytest.raises(ValueError, match="stage7, pooled, logits"):
        EfficientNetLite0(["head"])


def test_trained_classes_are_those_of_the_picture(shared_data: Path) -> None:
    """The butterfly of Set5 is a monarch, class 323 of ImageNet."""
    from ganvas.images import read

    try:
        net = pretrained.features("lite0", ["logits"], resized=True)
    except PretrainedError as error:
        pytest.skip(str(error))
    found = net(read(shared_data / "eval" / "Set5" / "img_003.png").tensor())["logits"]
    assert found.shape == (1, 1000)
    assert found.argmax().item() in range(321, 327)  # ImageNet's six butterflies


def test_official_weights_are_known_by_their_checksum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"some weights")
    assert not weights_of("inception", path).official
    checksum = weights_of("inception", path).sha256
    assert len(checksum) == 64
    monkeypatch.setitem(SOURCES, "inception", Fetched("http://nowhere/weights.pth", checksum[:8]))
    assert weights_of("inception", path).official
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    assert weights_of("inception") == weights_of("inception", path)
    with pytest.raises(PretrainedError, match="nowhere"):
        weights_of("inception", tmp_path / "nowhere.pth")
