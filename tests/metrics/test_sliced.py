"""SWD: its pyramid and formula against NumPy and SciPy, 0 where it must be, and what each level sees."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve
from scipy.stats import wasserstein_distance

from ganvas.metrics import MetricError
from ganvas.metrics.sliced import (
    DIRECTIONS,
    PATCHES,
    REPEATS,
    Patches,
    Swd,
    level_sizes,
    pyramid,
    sliced,
    swd,
    swd_of,
    whole,
)

BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).astype(np.float64) / 256


def photos(count: int, side: int = 64, seed: int = 0) -> torch.Tensor:
    """Smooth pictures of 8 bits."""
    coarse = torch.rand(count, 3, 6, 6, generator=torch.Generator().manual_seed(seed))
    fine = torch.nn.functional.interpolate(coarse, size=side, mode="bicubic", align_corners=False)
    return fine.clamp(0, 1).mul(255).round() / 255


def noisy(images: torch.Tensor, deviation: float, seed: int = 9) -> torch.Tensor:
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(seed))
    return (images + deviation * noise).clamp(0, 1)


def halved(image: np.ndarray) -> np.ndarray:
    """(C, H, W), as the authors' code does it."""
    return convolve(image, BINOMIAL[None], mode="mirror")[:, ::2, ::2]


def doubled(image: np.ndarray, like: np.ndarray) -> np.ndarray:
    spread = np.zeros(like.shape)
    spread[:, ::2, ::2] = image
    return convolve(spread, 4 * BINOMIAL[None], mode="mirror")


def levels_of(image: np.ndarray, count: int) -> list[np.ndarray]:
    parts = [image]
    for _ in range(count - 1):
        finest = parts.pop()
        coarse = halved(finest)
        parts += [finest - doubled(coarse, finest), coarse]
    return parts


@pytest.mark.parametrize(("height", "width"), [(64, 64), (37, 50)])
def test_the_pyramid_is_scipys(height: int, width: int) -> None:
    image = np.random.default_rng(0).integers(256, size=(3, height, width)).astype(np.float64)
    levels = pyramid(torch.from_numpy(image[None]).float())
    assert [tuple(level.shape[2:]) for level in levels] == level_sizes((height, width))
    for level, expected in zip(levels, levels_of(image, len(levels)), strict=True):
        np.testing.assert_allclose(level[0].numpy(), expected, atol=1e-4)


@pytest.mark.parametrize("side", [16, 31, 64, 129])
def test_the_pyramid_becomes_the_picture_again(side: int) -> None:
    images = torch.randint(256, (2, 3, side, side), generator=torch.Generator().manual_seed(0)).float()
    again = whole(pyramid(images))
    assert torch.equal(again.round(), images)
    assert (again - images).abs().max() < 1e-4


def test_levels_end_at_16() -> None:
    assert level_sizes((128, 128)) == [(128, 128), (64, 64), (32, 32), (16, 16)]
    assert level_sizes((31, 200)) == [(31, 200), (16, 100)]
    assert level_sizes((30, 200)) == [(30, 200)]


def test_along_one_axis_it_is_the_wasserstein_distance() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(size=500), random.exponential(size=500)
    found = sliced(*(torch.from_numpy(each).float()[:, None] for each in (one, other)), [0])
    assert found == pytest.approx(wasserstein_distance(one, other), rel=1e-5)


def plainly(fakes: torch.Tensor, reals: torch.Tensor, seed: int) -> list[float]:
    """The whole of it in NumPy, float64, with loops; only the drawn numbers are the same."""
    sizes = level_sizes((fakes.shape[2], fakes.shape[3]))
    stacks = list[list[np.ndarray]]()
    for side, images in enumerate((fakes, reals)):
        cut: list[list[np.ndarray]] = [[] for _ in sizes]
        for index, image in enumerate(images.double().numpy() * 255):
            random = np.random.default_rng([seed, side, index])
            for kept, level in zip(cut, levels_of(image, len(sizes)), strict=True):
                tops, lefts = (random.integers(length - 6, size=PATCHES) for length in level.shape[1:])
                kept += [level[:, y : y + 7, x : x + 7] for y, x in zip(tops, lefts, strict=True)]
        stacks.append([np.stack(kept) for kept in cut])
    figures = list[float]()
    for number, pair in enumerate(zip(*stacks, strict=True)):
        one, other = (
            ((each - each.mean((0, 2, 3), keepdims=True)) / each.std((0, 2, 3), keepdims=True)).reshape(len(each), -1)
            for each in pair
        )
        random, distances = np.random.default_rng([seed, number]), list[float]()
        for _ in range(REPEATS * DIRECTIONS // 16):
            for direction in random.standard_normal((147, 16), dtype=np.float32).T.astype(np.float64):
                unit = direction / np.linalg.norm(direction)
                distances.append(float(np.abs(np.sort(one @ unit) - np.sort(other @ unit)).mean()))
        assert len(distances) == 512
        figures.append(1000 * float(np.mean(distances)))
    return figures


def test_it_is_the_formula() -> None:
    fakes, reals = noisy(photos(3, 32), 0.05).mul(255).round() / 255, photos(3, 32, seed=1)
    found = swd([fakes], [reals], seed=5)
    expected = plainly(fakes, reals, 5)
    assert list(found.levels) == ["32", "16"]
    assert list(found.levels.values()) == pytest.approx(expected, rel=1e-4)
    assert found.value == pytest.approx(sum(expected) / 2, rel=1e-4)


def test_patches_are_brought_to_mean_0_and_deviation_1_a_channel() -> None:
    patches = Patches()
    images = photos(4, 40) * torch.tensor([0.2, 1.0, 0.5]).view(1, 3, 1, 1)
    patches.add(images)
    values = patches.normalised(0).view(4 * PATCHES, 3, 7, 7)
    torch.testing.assert_close(values.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(values.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-4, rtol=0)
    flat = Patches()
    flat.add(torch.full((2, 3, 20, 20), 0.3))
    assert flat.normalised(0).abs().max() == 0


def test_patches_may_lie_anywhere_in_the_picture() -> None:
    """Of 22 pixels a side 16 x 16 places: 128 patches of 20 pictures leave none out, the last row neither."""
    ramp = torch.arange(22 * 22.0).view(1, 1, 22, 22).expand(1, 3, -1, -1) / 255
    patches = Patches()
    for _ in range(20):
        patches.add(ramp.clamp(0, 1))
    corners = torch.cat(patches._levels[0])[:, 0, 0, 0].round()
    assert {0.0, 15.0, 22.0} <= set(corners.tolist())
    assert torch.cat(patches._levels[0]).shape == (20 * PATCHES, 3, 7, 7)


def test_equal_sets_are_0_only_at_the_same_places() -> None:
    images = photos(3, 32)
    same = swd([images], [images], same_places=True)
    assert same.value == 0
    other = swd([images], [images])
    assert other.value > 1
    assert swd([images], [images], seed=1).value != other.value
    assert swd([images], [images]) == other


@pytest.mark.parametrize("batch", [1, 4])
def test_batches_do_not_matter(batch: int) -> None:
    one, other = photos(5, 32), photos(5, 32, seed=1)
    found, expected = swd(one.split(batch), other.split(batch)), swd([one], [other])
    assert found.value == pytest.approx(expected.value, rel=1e-6)
    assert found.count == 5


def test_noise_hits_the_finest_level_and_grows() -> None:
    images = photos(3)
    clean = swd([images], [photos(3, seed=1)])
    figures = [swd([noisy(images, level)], [images], same_places=True) for level in (0.0, 0.05, 0.1)]
    assert [figure.value for figure in figures] == sorted(figure.value for figure in figures)
    levels = figures[-1].levels
    assert list(levels) == ["64", "32", "16"]
    assert levels["64"] > 1.5 * levels["32"] > 1.5 * levels["16"]
    assert levels["64"] > 1.5 * clean.levels["64"]


def test_pictures_that_cannot_be_compared() -> None:
    images = photos(2, 32)
    with pytest.raises(MetricError, match="at least 16 pixels"):
        swd([images[..., :15]], [images])
    with pytest.raises(MetricError, match="one size: 31 x 32 is not 32 x 32"):
        swd([images, images[..., :31]], [images])
    with pytest.raises(MetricError, match="not 2 of 32 x 32 pixels with 1 of 32 x 32"):
        swd([images], [images[:1]])
    with pytest.raises(MetricError, match="both sets"):
        swd_of(Patches(), Patches())
    with pytest.raises(ValueError, match=r"\(N, 3, H, W\)"):
        Patches().add(images[:, :1])


def test_the_figure_says_how_it_was_taken() -> None:
    found = Swd(12.5, {"64": 20.0, "32": 5.0}, 100, 7, False)
    assert found.label == "SWD"
    stored = found.as_json()
    assert stored["levels"] == {"64": 20.0, "32": 5.0}
    assert "levels 64, 32" in stored["description"]
    assert "128 patches 7 x 7" in stored["description"]
    assert "seed 7, others in each set" in stored["description"]
    assert "only 100 pictures, the paper takes 16,384" in stored["description"]
    assert Swd(1, {"16": 1.0}, 16_384, 0, True).warning is None
