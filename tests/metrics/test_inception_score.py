"""The Inception score: its bounds, torchmetrics' figures, the splits, labels, any batches."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from ganvas.metrics import MetricError
from ganvas.metrics.fid import Sight
from ganvas.metrics.inception_score import InceptionScore, Splits, inception_score

SIGHT = Sight("any", 6)


def classified(images: torch.Tensor) -> torch.Tensor:
    """Six classes by where a picture is bright."""
    return 20 * torch.nn.functional.adaptive_avg_pool2d(images, (2, 3)).mean(1).flatten(1)


def score(logits: torch.Tensor, splits: int = 1) -> InceptionScore:
    sums = Splits(len(logits), logits.shape[1], splits)
    sums.add(logits)
    return sums.result(Sight("any", logits.shape[1]))


def formula(logits: torch.Tensor) -> float:
    """exp(E KL(p(y|x) || p(y))), as it stands."""
    conditional = torch.distributions.Categorical(logits=logits.double())
    marginal = torch.distributions.Categorical(probs=conditional.probs.mean(0))
    return torch.distributions.kl_divergence(conditional, marginal).mean().exp().item()


LOGITS = 3 * torch.randn(40, 6, generator=torch.Generator().manual_seed(0))


def test_pictures_that_are_all_judged_alike_score_1() -> None:
    assert score(torch.tensor([[1.0, 5.0, -2.0]]).repeat(20, 1), 4).value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_one_sure_picture_a_class_scores_their_number(classes: int) -> None:
    """Over and over the same: it says nothing of what is various within a class."""
    sure = 1e4 * torch.eye(classes).repeat(2, 1)
    found = score(sure, 2)
    assert found.value == pytest.approx(classes, rel=1e-9)
    assert found.deviation == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("splits", [1, 3, 10])
def test_it_is_the_formula_over_consecutive_splits(splits: int) -> None:
    bounds = [split * 40 // splits for split in range(splits + 1)]
    parts = [formula(LOGITS[a:b]) for a, b in pairwise(bounds)]
    found = score(LOGITS, splits)
    assert found.value == pytest.approx(sum(parts) / splits, rel=1e-10)
    deviation = math.sqrt(sum((part - found.value) ** 2 for part in parts) / splits)
    assert found.deviation == pytest.approx(deviation, rel=1e-8, abs=1e-12)
    assert 1 < found.value < 6


def test_it_is_torchmetrics_of_the_same_splits() -> None:
    """Its class shuffles and needs a package for its net; what it does with the chunks is this."""
    probabilities, logarithms = LOGITS.softmax(1), LOGITS.log_softmax(1)
    scores = torch.stack(
        [
            (p * (log_p - p.mean(0, keepdim=True).log())).sum(1).mean().exp()
            for p, log_p in zip(probabilities.chunk(10), logarithms.chunk(10), strict=True)
        ]
    )
    found = score(LOGITS, 10)
    assert found.value == pytest.approx(scores.mean().item(), rel=1e-5)
    assert found.deviation * math.sqrt(10 / 9) == pytest.approx(scores.std().item(), rel=1e-4)


@pytest.mark.parametrize("batch", [1, 7, 30])
def test_batches_are_the_whole(batch: int) -> None:
    images = torch.rand(30, 3, 8, 9, generator=torch.Generator().manual_seed(0))
    whole = inception_score(classified, SIGHT, [images], 30, 4)
    found = inception_score(classified, SIGHT, images.split(batch), 30, 4)
    assert found.value == pytest.approx(whole.value, rel=1e-6)
    assert (found.count, found.splits) == (30, 4)
    assert whole.value > 1.01


def test_pictures_are_rounded_to_8_bits() -> None:
    images = torch.rand(10, 3, 8, 9, generator=torch.Generator().manual_seed(0)).mul(255).round() / 255
    near = (images + 0.4 / 255).clamp(0, 1)
    values = [inception_score(classified, SIGHT, [each], 10, 2).value for each in (images, near)]
    assert values[0] == values[1]


def test_logits_without_limits_stay_numbers() -> None:
    found = score(torch.tensor([[1e30, 0.0], [0.0, 1e30]]))
    assert found.value == pytest.approx(2, rel=1e-12)


def test_what_has_no_score() -> None:
    with pytest.raises(MetricError, match="4 pictures cannot be cut into 10 splits"):
        Splits(4, 3)
    with pytest.raises(MetricError, match="not numbers"):
        score(torch.full((2, 3), torch.nan))
    sums = Splits(3, 2, 1)
    sums.add(torch.zeros(2, 2))
    with pytest.raises(ValueError, match="2 of 3"):
        sums.scores()
    with pytest.raises(ValueError, match="more than the 3"):
        sums.add(torch.zeros(2, 2))
    with pytest.raises(ValueError, match=r"\(N, 2\)"):
        sums.add(torch.zeros(1, 3))


def test_only_the_official_net_has_the_plain_name() -> None:
    def called(name: str, size: int, official: bool) -> str:
        return InceptionScore(1, 0, Sight(name, size, official), 10, 1).label

    assert called("inception", 1008, True) == "IS"
    assert called("lite0", 1000, True) == "IS (lite0 classes)"
    assert called("inception", 1008, False) == "IS (inception classes of other weights)"


def test_few_pictures_a_split_are_warned_of() -> None:
    few = InceptionScore(1, 0, Sight("lite0", 1000, True, "as they are"), 10_009, 10)
    assert "only 1000 pictures a split for 1000 classes" in few.describe()
    assert "10 consecutive splits" in few.describe()
    assert few.as_json()["warning"] == few.warning
    assert InceptionScore(1, 0, Sight("lite0", 1000, True), 10_010, 10).warning is None
