"""The discriminator that sees features: shapes, what it trains, that gradients reach the picture."""

from __future__ import annotations

import torch
from torch.nn.functional import avg_pool2d

from ganvas.nets.projected import ProjectedDiscriminator


def eyes(image: torch.Tensor) -> dict[str, torch.Tensor]:
    halves = avg_pool2d(image, 2, ceil_mode=True)
    return {"fine": halves, "coarse": avg_pool2d(halves, 4, ceil_mode=True).repeat(1, 2, 1, 1)}


def judge() -> ProjectedDiscriminator:
    torch.manual_seed(0)
    return ProjectedDiscriminator(eyes, {"fine": 3, "coarse": 6}, width=4)


def test_a_map_by_pixels_and_one_by_each_layer() -> None:
    assert judge()(torch.rand(2, 3, 32, 24)).shape == (2, 3, 16, 12)


def test_a_coarse_layer_judges_for_all_its_places() -> None:
    coarse = judge()(torch.rand(1, 3, 32, 32))[:, 2]
    blocks = coarse.unfold(1, 4, 4).unfold(2, 4, 4).flatten(3)
    assert torch.equal(blocks.amax(3), blocks.amin(3))
    assert coarse.std() > 0


def test_the_eyes_are_no_part_of_its_state() -> None:
    features = torch.nn.Conv2d(3, 5, 3, stride=2, padding=1)
    held = ProjectedDiscriminator(lambda image: {"only": features(image)}, {"only": 5}, width=4)
    assert all(parameter is not features.weight for parameter in held.parameters())
    assert set(held.state_dict()) == {key for key in held.state_dict() if key.startswith(("pixels.", "heads.only."))}


def test_every_map_pulls_at_the_picture() -> None:
    image = torch.rand(1, 3, 32, 32, requires_grad=True)
    logits = judge()(image)
    for number in range(3):
        (gradient,) = torch.autograd.grad(logits[:, number].sum(), image, retain_graph=True)
        assert gradient.abs().sum() > 0
