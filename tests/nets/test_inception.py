"""Inception v3 as FID has it: published counts and names, its pools, sizes and door, and where its weights are from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, batch_norm, conv2d, max_pool2d

from ganvas import pretrained
from ganvas.nets.features import InceptionV3
from ganvas.nets.features.inception import LAYERS, Forks, Halving, HalvingStrips, Squares, Strips
from ganvas.pretrained import SOURCES, Fetched, PretrainedError


def made(layers: list[str]) -> InceptionV3:
    """Random weights that keep values at their scale, and statistics that are not those of a new batch norm."""
    torch.manual_seed(0)
    net = InceptionV3(layers)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, 0, (2 / module.weight[0].numel()) ** 0.5)
        elif isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.3)
    return net


@pytest.fixture(scope="module")
def whole() -> InceptionV3:
    return made(list(LAYERS))


@pytest.fixture(scope="module")
def early() -> InceptionV3:
    return made(["64", "192"])


def test_the_trunk_is_the_published_one(whole: InceptionV3) -> None:
    """Keras counts 21,768,352 weights of the trunk without the 17,216 scales of its norms; 94 convolutions."""
    assert sum(parameter.numel() for parameter in whole.parameters()) == 21_768_352 + 17_216
    assert sum(buffer.numel() for name, buffer in whole.named_buffers() if "running" in name) == 34_432
    convolutions = [module for module in whole.modules() if isinstance(module, nn.Conv2d)]
    assert len(convolutions) == 94
    assert all(conv.bias is None for conv in convolutions)
    assert {module.eps for module in whole.modules() if isinstance(module, nn.BatchNorm2d)} == {1e-3}


def test_the_layout_of_the_published_weights(whole: InceptionV3) -> None:
    shapes = {key: tuple(tensor.shape) for key, tensor in whole.state_dict().items()}
    assert len(shapes) == 6 * 94
    assert (
        shapes.items()
        >= {
            "Conv2d_1a_3x3.conv.weight": (32, 3, 3, 3),
            "Conv2d_2b_3x3.bn.weight": (64,),
            "Conv2d_3b_1x1.conv.weight": (80, 64, 1, 1),
            "Conv2d_4a_3x3.bn.num_batches_tracked": (),
            "Mixed_5b.branch1x1.bn.running_var": (64,),
            "Mixed_5b.branch5x5_2.conv.weight": (64, 48, 5, 5),
            "Mixed_5b.branch_pool.conv.weight": (32, 192, 1, 1),
            "Mixed_5d.branch3x3dbl_3.conv.weight": (96, 96, 3, 3),
            "Mixed_6a.branch3x3.conv.weight": (384, 288, 3, 3),
            "Mixed_6b.branch7x7_2.conv.weight": (128, 128, 1, 7),
            "Mixed_6c.branch7x7_3.conv.weight": (192, 160, 7, 1),
            "Mixed_6d.branch7x7dbl_2.conv.weight": (160, 160, 7, 1),
            "Mixed_6e.branch7x7dbl_5.conv.weight": (192, 192, 1, 7),
            "Mixed_7a.branch7x7x3_4.conv.weight": (192, 192, 3, 3),
            "Mixed_7b.branch3x3_2a.conv.weight": (384, 384, 1, 3),
            "Mixed_7b.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
            "Mixed_7c.branch_pool.conv.weight": (192, 2048, 1, 1),
            "Mixed_7c.branch3x3dbl_1.bn.running_mean": (448,),
        }.items()
    )


def test_sizes_of_the_papers_table(whole: InceptionV3) -> None:
    """Table 1: 299 pixels to 147, 71, 17; then the mean over 8 x 8 places."""
    features = whole(torch.rand(1, 3, 299, 299))
    shapes = {layer: tuple(feature.shape[1:]) for layer, feature in features.items()}
    assert shapes == {"64": (64, 147, 147), "192": (192, 71, 71), "768": (768, 17, 17), "2048": (2048, 1, 1)}


@pytest.mark.parametrize(("layer", "side"), [("192", 19), ("2048", 75)])
def test_the_smallest_pictures(whole: InceptionV3, early: InceptionV3, layer: str, side: int) -> None:
    net = early if layer == "192" else whole
    assert net(torch.rand(1, 3, side, side))[layer].shape[2:] == (1, 1)
    with pytest.raises(RuntimeError):
        net(torch.rand(1, 3, side - 1, side))


def test_the_features_of_fid_are_the_mean_over_the_last_block(whole: InceptionV3) -> None:
    seen = list[torch.Tensor]()
    handle = whole.get_submodule("Mixed_7c").register_forward_hook(lambda module, inputs, output: seen.append(output))
    features = whole(torch.rand(1, 3, 107, 139))["2048"]
    handle.remove()
    assert seen[0].shape == (1, 2048, 2, 3)
    assert seen[0].std() > 0.1
    torch.testing.assert_close(features, seen[0].mean(dim=(2, 3), keepdim=True))


def test_early_values_are_those_of_a_plain_recomputation(early: InceptionV3) -> None:
    weights, image = early.state_dict(), torch.rand(1, 3, 33, 40)

    def convolved(value: torch.Tensor, name: str, stride: int = 1, padding: int = 0) -> torch.Tensor:
        mean, variance, scale, shift = (
            weights[f"{name}.bn.{key}"] for key in ("running_mean", "running_var", "weight", "bias")
        )
        value = conv2d(value, weights[f"{name}.conv.weight"], None, stride, padding)
        return batch_norm(value, mean, variance, scale, shift, eps=1e-3).relu()

    first = convolved(convolved(2 * image - 1, "Conv2d_1a_3x3", stride=2), "Conv2d_2a_3x3")
    first = convolved(first, "Conv2d_2b_3x3", padding=1)
    second = convolved(convolved(max_pool2d(first, 3, 2), "Conv2d_3b_1x1"), "Conv2d_4a_3x3")
    features = early(image)
    assert list(features) == ["64", "192"]
    for layer, value in (("64", first), ("192", second)):
        assert value.std() > 0.05
        torch.testing.assert_close(features[layer], value)


@pytest.mark.parametrize(
    ("block", "channels", "branches"),
    [
        (Squares(192, 32), 192, {"branch1x1": 64, "branch5x5_2": 64, "branch3x3dbl_3": 96, "branch_pool": 32}),
        (Halving(), 288, {"branch3x3": 384, "branch3x3dbl_3": 96, "": 288}),
        (Strips(128), 768, {"branch1x1": 192, "branch7x7_3": 192, "branch7x7dbl_5": 192, "branch_pool": 192}),
        (HalvingStrips(), 768, {"branch3x3_2": 320, "branch7x7x3_4": 192, "": 768}),
        (
            Forks(1280),
            1280,
            {
                "branch1x1": 320,
                "branch3x3_2a": 384,
                "branch3x3_2b": 384,
                "branch3x3dbl_3a": 384,
                "branch3x3dbl_3b": 384,
                "branch_pool": 192,
            },
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_the_branches_of_a_block_in_their_order(block: nn.Module, channels: int, branches: dict[str, int]) -> None:
    """Each branch is made to give its number alone; the one without a name is the input, pooled."""
    block.eval()
    for number, name in enumerate(branches, 1):
        if name:
            branch = block.get_submodule(name)
            nn.init.zeros_(branch.get_parameter("conv.weight"))
            nn.init.constant_(branch.get_parameter("bn.bias"), number)
    output = block(torch.full((1, channels, 9, 9), float(len(branches))))
    expected = [float(number) for number, width in enumerate(branches.values(), 1) for _ in range(width)]
    assert output[0, :, 0, 0].tolist() == expected
    assert output.shape[2:] == ((4, 4) if "" in branches else (9, 9))
    assert torch.equal(output, output[..., :1, :1].expand_as(output))


def pooled(block: nn.Module, input: torch.Tensor) -> torch.Tensor:
    """What the branch behind the pool of ``block`` is given."""
    seen = list[torch.Tensor]()
    hook = block.get_submodule("branch_pool").register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    block(input)
    hook.remove()
    return seen[0]


@pytest.mark.parametrize("name", ["Mixed_5b", "Mixed_5d", "Mixed_6b", "Mixed_6e", "Mixed_7b"])
def test_a_mean_at_the_border_is_of_what_is_there(whole: InceptionV3, name: str) -> None:
    """torchvision's counts the zeros outside, 5 of 9 in a corner."""
    block = whole.get_submodule(name)
    channels = block.get_parameter("branch1x1.conv.weight").shape[1]
    input = torch.rand(1, channels, 4, 5)
    output = pooled(block, input)
    torch.testing.assert_close(output[..., 0, 0], input[..., :2, :2].mean(dim=(2, 3)))
    torch.testing.assert_close(output[..., 1:-1, 1:-1], avg_pool2d(input, 3, 1))


def test_the_last_block_pools_by_the_maximum(whole: InceptionV3) -> None:
    input = torch.rand(1, 2048, 4, 5) - 2
    output = pooled(whole.get_submodule("Mixed_7c"), input)
    assert torch.equal(output[..., 0, 0], input[..., :2, :2].amax(dim=(2, 3)))
    assert torch.equal(output[..., 1:-1, 1:-1], max_pool2d(input, 3, 1))


def entered(net: InceptionV3, image: torch.Tensor) -> torch.Tensor:
    seen = list[torch.Tensor]()
    net.get_submodule("Conv2d_1a_3x3").register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    net(image)
    return seen[0]


def test_black_and_white_become_minus_one_and_one() -> None:
    image = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(1, 3, 9, 2).repeat_interleave(5, dim=3)
    value = entered(InceptionV3(["64"]), image)
    assert value.shape == image.shape
    assert (value.min().item(), value.max().item()) == (-1, 1)


def test_fids_pictures_are_resized_without_antialiasing() -> None:
    """A quarter of a side: bilinear takes the inner 2 of every 4 pixels, an antialiased one all of them."""
    image = torch.rand(1, 3, 4 * 299, 2 * 299)
    value = entered(InceptionV3(["64"], resized=True), image)
    rows = (image[..., 1::4, :] + image[..., 2::4, :]) / 2
    torch.testing.assert_close((value + 1) / 2, avg_pool2d(rows, (1, 2)), atol=1e-4, rtol=0)


def test_the_net_runs_no_deeper_than_it_must(early: InceptionV3) -> None:
    part = InceptionV3(["64"])
    assert [name for name, _ in part.named_children()] == ["Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3"]
    part.load_state_dict({key: early.state_dict()[key] for key in part.state_dict()})
    image = torch.rand(1, 3, 20, 20)
    torch.testing.assert_close(part(image)["64"], early(image)["64"])


def test_it_stays_frozen_within_a_net_that_trains(early: InceptionV3) -> None:
    before = {key: tensor.clone() for key, tensor in early.state_dict().items()}
    nn.Sequential(early).train()
    image = torch.rand(2, 3, 32, 32, requires_grad=True)
    early(image)["192"].square().mean().backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in early.parameters())
    assert all(torch.equal(before[key], tensor) for key, tensor in early.state_dict().items())


def test_an_unknown_layer_is_named() -> None:
    with pytest.raises(ValueError, match="no layer '128': choose from 64, 192, 768, 2048"):
        InceptionV3(["128"])


@pytest.mark.parametrize("counters", [True, False])
def test_weights_from_a_file(tmp_path: Path, early: InceptionV3, counters: bool) -> None:
    """The published file holds the whole net, its classifier too; older ones lack the counters of the norms."""
    path = tmp_path / "inception.pth"
    weights = {key: tensor for key, tensor in early.state_dict().items() if counters or "num_batches" not in key}
    torch.save({**weights, "AuxLogits.fc.bias": torch.zeros(1000), "fc.weight": torch.zeros(1008, 2048)}, path)
    net, image = pretrained.features("inception", ["64", "192"], path), torch.rand(1, 3, 24, 24)
    assert all(torch.equal(feature, early(image)[layer]) for layer, feature in net(image).items())
    with pytest.raises(PretrainedError, match=r"inception\.pth does not hold the weights of inception"):
        pretrained.features("inception", ["768"], path)


def test_it_is_loaded_for_pictures_of_any_size_and_for_fids(tmp_path: Path, early: InceptionV3) -> None:
    path = tmp_path / "inception.pth"
    torch.save(early.state_dict(), path)
    sizes = [
        pretrained.features("inception", ["64"], path, resized=on)(torch.rand(1, 3, 20, 20)) for on in (False, True)
    ]
    assert [features["64"].shape[2:] for features in sizes] == [(7, 7), (147, 147)]


def test_the_official_file_is_pytorch_fids() -> None:
    source = SOURCES["inception"]
    assert isinstance(source, Fetched)
    assert source.url.endswith(
        "/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
    )
    assert source.sha256 == "6726825d"


def test_offline_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(SOURCES, "inception", Fetched((tmp_path / "elsewhere.pth").as_uri(), "6726825d"))
    with pytest.raises(
        PretrainedError, match=r"inception needs .*elsewhere\.pth once, which cannot be fetched"
    ) as caught:
        pretrained.features("inception", ["64"])
    assert f"put it into {tmp_path / 'cache'}, or take features whose weights come as a package" in str(caught.value)
