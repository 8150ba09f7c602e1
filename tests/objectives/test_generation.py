"""Games of noise: what each side pays, and that a judge is asked with the labels bound."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ganvas.data.batches import Images, Labelled
from ganvas.losses.adversarial import LeastSquares, WassersteinGP
from ganvas.objectives.generation import ConditionalGeneration, Generation


class Maker(nn.Module):
    """Noise and labels to pictures (N, 1, 1, 2): the mean of the noise, and the label."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(1.0))
        self.given = list[tuple[torch.Tensor, torch.Tensor]]()

    def forward(self, noise: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        self.given.append((noise, label))
        return self.factor * torch.stack([noise.mean(1), label.float()], dim=1)[:, None, None]


class Judge(nn.Module):
    """1 + factor · (second value - label): 1 where the picture shows what it is said to show."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(1.0))
        self.given = list[tuple[torch.Tensor, torch.Tensor]]()

    def forward(self, image: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        self.given.append((image.detach(), label))
        return 1 + self.factor * (image[:, 0, 0, 1] - label)


def labelled() -> Labelled:
    """Real pictures that show 2 more than they are said to."""
    label = torch.tensor([3, 1, 4, 1])
    return Labelled(torch.stack([torch.zeros(4), label + 2.0], dim=1)[:, None, None], label)


def test_fakes_are_of_the_classes_of_the_batch_and_judged_by_them() -> None:
    maker, judge, batch = Maker(), Judge(), labelled()
    play = ConditionalGeneration(maker, judge, LeastSquares(), 50)
    assert play.generator_loss(batch).total.item() == 0, "fakes show what was asked for"
    assert play.discriminator_loss(batch).total.item() == pytest.approx((2**2 + 1**2) / 2), "real: 3, wanted 1; fake: 1"
    assert all(torch.equal(label, batch.label) for _, label in [*maker.given, *judge.given])
    assert len(judge.given) == 3
    assert any(torch.equal(image, batch.image) for image, _ in judge.given)


def test_noise_is_uniform_and_new_each_time() -> None:
    torch.manual_seed(0)
    maker = Maker()
    play = ConditionalGeneration(maker, Judge(), LeastSquares(), 5000)
    play.generator_loss(labelled())
    play.discriminator_loss(labelled())
    (first, _), (second, _) = maker.given
    assert first.shape == (4, 5000)
    assert not torch.equal(first, second)
    assert 0 <= first.min() < 0.01
    assert 0.99 < first.max() < 1
    assert first.mean().item() == pytest.approx(0.5, abs=0.01)
    assert first.std().item() == pytest.approx(12**-0.5, abs=0.01)


def test_each_side_moves_its_own() -> None:
    maker, judge = Maker(), Judge()
    play = ConditionalGeneration(maker, judge, LeastSquares(), 5)
    play.discriminator_loss(labelled()).total.backward()
    assert maker.factor.grad is None
    assert judge.factor.grad is not None
    play.generator_loss(Labelled(*labelled())).total.backward()
    assert maker.factor.grad is not None


def test_a_penalty_needs_nothing_of_the_labels() -> None:
    """The slope of the judge is 1 in one value: no penalty is left of 10 (1 - 1)², 2.5 of half of it."""
    judge = Judge()
    play = ConditionalGeneration(Maker(), judge, WassersteinGP(10.0), 5)
    assert play.discriminator_loss(labelled()).total.item() == pytest.approx(1 - 3, abs=1e-5)
    nn.init.constant_(judge.factor, 0.5)
    assert play.discriminator_loss(labelled()).total.item() == pytest.approx(1 - 2 + 10 * 0.5**2, abs=1e-5)


def test_without_classes_noise_is_normal() -> None:
    torch.manual_seed(0)
    seen = list[torch.Tensor]()
    generator = nn.Linear(4000, 2)
    generator.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    Generation(generator, nn.Linear(2, 1), LeastSquares(), 4000).generator_loss(Images(torch.rand(8, 2)))
    assert seen[0].shape == (8, 4000)
    assert seen[0].mean().item() == pytest.approx(0, abs=0.03)
    assert seen[0].std().item() == pytest.approx(1, abs=0.03)


def test_noise_may_have_another_prior_and_real_pictures_be_shown_otherwise() -> None:
    torch.manual_seed(0)
    seen, judged = list[torch.Tensor](), list[torch.Tensor]()
    generator, judge = nn.Linear(4000, 2), nn.Linear(2, 1)
    generator.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    judge.register_forward_pre_hook(lambda _, given: judged.append(given[0]))
    play = Generation(generator, judge, LeastSquares(), 4000, "uniform", lambda image: image / 2)
    batch = Images(torch.rand(8, 2))
    play.discriminator_loss(batch)
    assert -1 <= seen[0].min() < -0.99 < 0.99 < seen[0].max() < 1
    assert any(torch.equal(image, batch.image / 2) for image in judged)
    assert not any(torch.equal(image, batch.image) for image in judged)
