"""ESPNet: its size, its shapes, and what it sees in a street with its authors' weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from ganvas.foreign import ForeignError
from ganvas.foreign.espnet import espnet
from ganvas.images import read
from ganvas.metrics.cityscapes import LABELS, from_colours
from ganvas.metrics.segmentation import fcn_score
from ganvas.nets.espnet import DEVIATION, ESP, MEAN, ESPNet, Pyramid


def count(p: int, q: int) -> int:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in ESPNet(20, p, q).parameters())


def test_the_size_of_the_paper() -> None:
    assert count(2, 8) == 364_569  # 0.36 million
    assert count(2, 3) < count(2, 5) < count(2, 8)


@pytest.mark.parametrize(("classes", "p", "q"), [(20, 2, 8), (5, 0, 1)])
def test_logits_for_every_pixel(classes: int, p: int, q: int) -> None:
    net = ESPNet(classes, p, q).eval()
    assert net(torch.rand(2, 3, 24, 40)).shape == (2, classes, 24, 40)


def test_the_door_turns_to_bgr_and_takes_off_the_mean() -> None:
    net, seen = ESPNet().eval(), list[torch.Tensor]()
    net.encoder.level1.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    net((torch.tensor(MEAN) / 255).flip(0).view(1, 3, 1, 1).expand(1, 3, 8, 8))
    assert seen[0].abs().max() < 1e-6
    net(torch.tensor([1.0, 0, 0]).view(1, 3, 1, 1).expand(1, 3, 8, 8))
    expected = [(value - m) / d / 255 for value, m, d in zip((0, 0, 255), MEAN, DEVIATION, strict=True)]
    assert seen[1][0, :, 0, 0].tolist() == pytest.approx(expected)


def test_a_pyramid_sums_its_dilations_up() -> None:
    pyramid = Pyramid(3, 12, 1, 1)
    later = (pyramid.d2, pyramid.d4, pyramid.d8, pyramid.d16)
    assert [conv.conv.dilation[0] for conv in (pyramid.d1, *later)] == [1, 2, 4, 8, 16]
    image = torch.rand(1, 3, 40, 40)
    reduced = pyramid.c1(image)
    first, *others = pyramid.spread(image).split([4, 2, 2, 2, 2], 1)
    assert torch.equal(first, pyramid.d1(reduced))
    total = torch.zeros_like(others[0])
    for sum_, conv in zip(others, later, strict=True):
        total = total + conv(reduced)
        assert torch.allclose(sum_, total, atol=1e-6)


def test_a_module_sees_33_pixels() -> None:
    module = ESP(5, 5).eval()
    image = torch.rand(1, 5, 51, 51, requires_grad=True)
    module(image)[0, :, 25, 25].sum().backward()
    seen = image.grad.abs().sum((0, 1)).nonzero()  # type: ignore[union-attr]
    assert seen.min(0).values.tolist() == [25 - 16, 25 - 16]
    assert seen.max(0).values.tolist() == [25 + 16, 25 + 16]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(ForeignError, match="does not hold the weights of ESPNet"):
        espnet(tmp_path / "other.pth")


def test_a_street_of_cityscapes(shared_data: Path) -> None:
    street = shared_data / "eval" / "Cityscapes" / "frankfurt_000001_058914"
    photo = read(street.with_name(f"{street.name}_leftImg8bit.png")).tensor()
    drawn = from_colours(read(street.with_name(f"{street.name}_gtFine_color.png")).tensor())
    segmenter = espnet(shared_data.parent / "weights" / "espnet_cityscapes" / "espnet_p_2_q_8.pth")
    score = fcn_score([photo], [drawn], segmenter)
    assert score.pixel_accuracy == pytest.approx(0.943, abs=0.002)
    names = {label.name: value for label, value in zip(LABELS, score.ious, strict=True)}
    assert names["road"] > 0.9  # type: ignore[operator]
    assert names["train"] is None
