"""FID and KID: SciPy's and torchmetrics' formulas, known biases, labels, and sets that come batch by batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

from ganvas.metrics import MetricError, gaussian
from ganvas.metrics.fid import Fid, Kid, Sight, fid, fid_of, kid, kid_of, mmd, rounded
from ganvas.metrics.moments import Moments, Statistics


def drawn(count: int, size: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.rand(size, size, dtype=torch.float64, generator=generator) - 0.3
    return torch.rand(count, size, dtype=torch.float64, generator=generator) @ mixed + 0.1 * seed


def normal(count: int, size: int, seed: int) -> torch.Tensor:
    return torch.randn(count, size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def statistics(samples: torch.Tensor) -> Statistics:
    moments = Moments(samples.shape[1])
    moments.add(samples)
    return moments.statistics()


def between(one: torch.Tensor, other: torch.Tensor) -> float:
    return fid_of(statistics(one), statistics(other), Sight("any", one.shape[1])).value


def scipys(one: torch.Tensor, other: torch.Tensor, offset: float = 0.0) -> float:
    """As pytorch-fid computes it; ``offset`` is what it adds to the diagonals where the root is not finite."""
    (m1, c1), (m2, c2) = gaussian(one), gaussian(other)
    diagonal = offset * np.eye(len(m1))
    root = sqrtm((c1.numpy() + diagonal) @ (c2.numpy() + diagonal))
    return float((m1 - m2).square().sum() + c1.trace() + c2.trace() - 2 * np.trace(root).real)


IMAGES = torch.rand(24, 3, 12, 10, generator=torch.Generator().manual_seed(0))


def colours(images: torch.Tensor) -> torch.Tensor:
    """Twelve features: the colours' means in four quarters."""
    return torch.nn.functional.adaptive_avg_pool2d(images, 2).flatten(1)


@pytest.mark.parametrize(("size", "count"), [(8, 60), (48, 300)])
def test_the_value_is_scipys_and_torchmetrics(size: int, count: int) -> None:
    one, other = drawn(count, size, 1), drawn(count + 40, size, 2)
    value = between(one, other)
    assert value == pytest.approx(scipys(one, other), rel=1e-6)
    assert value == pytest.approx(_compute_fid(*gaussian(one), *gaussian(other)).item(), rel=1e-6)
    assert value > 0.1


@pytest.mark.parametrize("counts", [(20, 30), (2, 50), (63, 300)])
def test_singular_covariances(counts: tuple[int, int]) -> None:
    one, other = drawn(counts[0], 64, 1), drawn(counts[1], 64, 2)
    value = between(one, other)
    assert value == pytest.approx(_compute_fid(*gaussian(one), *gaussian(other)).item(), rel=1e-3)
    assert value == pytest.approx(scipys(one, other, 1e-9), rel=1e-3)


@pytest.mark.parametrize(("count", "bias"), [(100, 21.9), (500, 4.3), (2000, 1.11)])
def test_few_samples_of_one_gaussian_are_as_far_apart_as_is_known(count: int, bias: float) -> None:
    assert between(normal(count, 64, 1), normal(count, 64, 2)) == pytest.approx(bias, rel=0.1)


@pytest.mark.parametrize("batch", [1, 5, 24])
def test_batches_are_the_whole(batch: int) -> None:
    others, sight = IMAGES.flip(0).square(), Sight("colours", 12, preprocessing="rounded")
    found = fid(colours, sight, IMAGES.split(batch), others.split(batch))
    expected = between(colours(rounded(IMAGES)).double(), colours(rounded(others)).double())
    assert found.value == pytest.approx(expected, rel=1e-6)
    assert found.counts == (24, 24)
    discrepancy = kid(colours, sight, IMAGES.split(batch), others.split(batch))
    assert discrepancy.value == pytest.approx(mmd(colours(rounded(IMAGES)), colours(rounded(others))), rel=1e-5)


def test_statistics_that_were_kept_stand_for_their_pictures() -> None:
    sight = Sight("colours", 12)
    reals = statistics(colours(rounded(IMAGES)))
    assert fid(colours, sight, [IMAGES], reals).value == pytest.approx(0, abs=1e-8)
    with pytest.raises(MetricError, match="12 features cannot be compared with the 2048 of inception"):
        fid_of(reals, reals, Sight("inception", 2048))


def test_what_a_generator_makes_is_rounded_to_8_bits() -> None:
    images = torch.tensor([-0.2, 0.001, 0.0021, 0.5, 1.3]).view(1, 1, 1, 5)
    assert (rounded(images) * 255).flatten().tolist() == pytest.approx([0, 0, 1, 128, 255])
    within = rounded(IMAGES) + torch.empty_like(IMAGES).uniform_(-0.4 / 255, 0.4 / 255)
    assert fid(colours, Sight("colours", 12), [IMAGES], [within]).value == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize("change", ["noise", "mixture", "black"])
def test_it_grows_with_what_is_done_to_pictures(change: str) -> None:
    """The more noise, the more pictures of another kind, the larger black squares."""
    smooth = torch.nn.functional.interpolate(IMAGES[..., :4, :4], size=16, mode="bilinear")
    noise = torch.randn(smooth.shape, generator=torch.Generator().manual_seed(1))
    values = list[float]()
    for level in range(5):
        spoilt = smooth.clone()
        if change == "noise":
            spoilt = (smooth + 0.1 * level * noise).clamp(0, 1)
        elif change == "mixture":
            spoilt[: 3 * level] = (5 * spoilt[: 3 * level] - 2).clamp(0, 1)
        else:
            spoilt[..., : 2 * level, : 2 * level] = 0
        features = [torch.cat([colours(each), each[..., ::4, ::4].flatten(1)], dim=1) for each in (smooth, spoilt)]
        values.append(between(*features))
    assert values == sorted(values)
    assert values[0] == pytest.approx(0, abs=1e-8)
    assert values[1] > 1e-4


def test_kid_is_torchmetrics() -> None:
    one, other = drawn(50, 16, 1), drawn(50, 16, 2)
    assert mmd(one, other) == pytest.approx(poly_mmd(other, one).item(), rel=1e-9)
    assert kid_of(one, other, Sight("any", 16)).value == mmd(one, other)


def test_kid_has_no_bias() -> None:
    """Of one Gaussian it is 0 within its scatter, at 20 samples as at 200; FID is not."""
    for count in (20, 200):
        values = torch.tensor([mmd(normal(count, 8, 2 * k), normal(count, 8, 2 * k + 1)) for k in range(60)])
        assert values.mean().abs() < 4 * values.std() / 60**0.5
        assert (values < 0).any()
    assert mmd(normal(200, 8, 1), normal(200, 8, 2) + 0.5) > 0.5


def test_subsets() -> None:
    one, other = normal(60, 4, 1), normal(50, 4, 2) + 1
    found = kid_of(one, other, Sight("any", 4), subsets=20, subset=25, seed=3)
    assert (found.subsets, found.subset, found.counts) == (20, 25, (60, 50))
    assert found == kid_of(one, other, Sight("any", 4), subsets=20, subset=25, seed=3)
    assert found.value != kid_of(one, other, Sight("any", 4), subsets=20, subset=25, seed=4).value
    assert found.deviation > 0
    assert found.value == pytest.approx(mmd(one, other), rel=0.3)
    whole = kid_of(one, other, Sight("any", 4), subset=60)
    assert (whole.subsets, whole.deviation, whole.value) == (1, 0, mmd(one, other))
    with pytest.raises(MetricError, match="at least two"):
        kid_of(one[:1], other, Sight("any", 4))


def test_only_the_official_features_have_the_plain_name() -> None:
    official, lite0 = Sight("inception", 2048, True), Sight("lite0", 1280, True)
    others = [
        lite0,
        Sight("inception", 2048, False),
        Sight("inception", 768, True),
        Sight("lite0", 2048, True),
    ]
    assert Fid(1, official, (9, 9)).label == "FID"
    assert Kid(1, 0, official, (9, 9), 1, 9, 0).label == "KID"
    assert Fid(1, lite0, (9, 9)).label == "FID (lite0 features)"
    assert all("(" in Fid(1, sight, (9, 9)).label for sight in others)
    assert all("(" in Kid(1, 0, sight, (9, 9), 1, 9, 0).label for sight in others)


@pytest.mark.parametrize(
    ("size", "counts", "said"),
    [
        (1280, (2047, 9000), "only 2047 pictures, below 2048"),
        (1280, (9000, 100), "only 100 pictures, below 2048"),
        (2048, (2048, 2049), "only 2048 pictures, no more than the 2048 features"),
        (2048, (2049, 2049), None),
        (1280, (2048, 2048), None),
        (1280, (2048, None), None),
        (1280, (5, None), "only 5 pictures"),
    ],
)
def test_few_pictures_are_warned_of(size: int, counts: tuple[int, int | None], said: str | None) -> None:
    found = Fid(1.0, Sight("lite0", size, True, "as is"), counts)
    stored = found.as_json()
    assert stored["description"] == found.describe()
    assert stored["label"] == found.label
    assert "pictures as is" in found.describe()
    if said is None:
        assert found.warning is None
        assert "only" not in found.describe()
    else:
        assert said in found.describe()


def test_a_small_subset_is_warned_of() -> None:
    assert "only 999 pictures a subset" in Kid(1, 0, Sight("a", 1), (999, 999), 1, 999, 0).describe()
    assert Kid(1, 0, Sight("a", 1), (1000, 1000), 1, 1000, 0).warning is None
