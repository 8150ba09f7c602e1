"""Patch nearest neighbours: what a picture made of a photo's patches must be."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from ganvas.images import resize
from ganvas.single.patch_search import distances
from ganvas.single.patches import PatchNeighbours, cut, joined
from ganvas.single.trained import SingleError


@pytest.fixture(scope="module")
def photo() -> torch.Tensor:
    return scene(1)


def scene(seed: int) -> torch.Tensor:
    """Smooth ground that darkens downwards, with a bright bar."""
    random = torch.Generator().manual_seed(seed)
    ground = resize(torch.rand(1, 3, 14, 18, generator=random), (44, 57)) * 0.4
    ground += torch.linspace(0.4, 0.1, 44)[:, None]
    ground[..., 8:36, 40:44] = 0.95
    return ground.clamp(0, 1)


def strangeness(image: torch.Tensor, photo: torch.Tensor) -> torch.Tensor:
    """How far each patch of ``image`` is from the nearest of ``photo``: the mean squared difference."""
    return distances(cut(image, 7), cut(photo, 7)).amin(dim=1)


def test_joining_undoes_cutting(photo: torch.Tensor) -> None:
    patches = cut(photo, 7)
    assert patches.shape == (38 * 51, 3 * 49)
    torch.testing.assert_close(joined(patches, (44, 57), 7), photo, atol=1e-6, rtol=0)
    patches[0] += 1
    assert joined(patches, (44, 57), 7)[0, 0, 0, 0] == pytest.approx(photo[0, 0, 0, 0].item() + 1, abs=1e-5)
    assert joined(patches, (44, 57), 7)[0, 0, 6, 6] == pytest.approx(photo[0, 0, 6, 6].item() + 1 / 49, abs=1e-5)


@pytest.mark.parametrize("exhaustive", [5000, 500])
def test_without_noise_a_sample_is_the_photo(photo: torch.Tensor, exhaustive: int) -> None:
    """In the second case only the coarsest level is searched exhaustively."""
    quiet = PatchNeighbours(noise=0.0, exhaustive=exhaustive)
    for start in (0, 2):
        torch.testing.assert_close(quiet.sample(photo, start=start), photo, atol=1e-5, rtol=0)
    torch.testing.assert_close(quiet.retarget(photo, (44, 57)), photo, atol=1e-5, rtol=0)


def test_the_later_the_start_the_nearer_to_the_photo(photo: torch.Tensor) -> None:
    engine = PatchNeighbours(exhaustive=500)
    far, near = ((engine.sample(photo, start=start) - photo).abs().mean() for start in (0, 3))
    assert far > 1.2 * near > 0


def test_what_was_enlarged_is_compared_with_what_was_enlarged() -> None:
    """Blurred detail is nearer to a plain patch than to itself before the blur: it would be lost in the first pass."""
    photo = torch.rand(1, 3, 40, 44, generator=torch.Generator().manual_seed(0))
    photo[..., :22] = 0.5
    image = PatchNeighbours(noise=0.0, iterations=1).sample(photo)
    torch.testing.assert_close(image, photo, atol=1e-5, rtol=0)


@pytest.mark.parametrize("exhaustive", [5000, 100])
@pytest.mark.parametrize("level", [0, 3])
def test_the_photo_injected_comes_back(photo: torch.Tensor, level: int, exhaustive: int) -> None:
    image = PatchNeighbours(exhaustive=exhaustive).inject(photo, photo, level)
    assert (image - photo).abs().mean() < 2e-3


@pytest.mark.parametrize("exhaustive", [5000, 500])
def test_samples_are_made_of_the_photo(photo: torch.Tensor, exhaustive: int) -> None:
    engine = PatchNeighbours(exhaustive=exhaustive)
    samples = [engine.sample(photo, seed) for seed in (0, 1)]
    for sample in samples:
        assert sample.shape == photo.shape
        assert sample.min() >= 0
        assert sample.max() <= 1
        assert strangeness(sample, photo).mean() < 0.1 * strangeness(scene(2), photo).mean()
        assert strangeness(sample, photo).max() < 0.5 * strangeness(scene(2), photo).max()
        assert (sample - photo).abs().mean() > 0.01
    assert (samples[0] - samples[1]).abs().mean() > 0.01


def test_the_seed_decides_and_nothing_else(photo: torch.Tensor) -> None:
    engine = PatchNeighbours(exhaustive=500)
    state = torch.get_rng_state()
    first = engine.sample(photo, 5)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    assert torch.equal(engine.sample(photo, 5), first)
    frugal = PatchNeighbours(exhaustive=500, memory=200_000)
    torch.testing.assert_close(frugal.sample(photo, 5), first, atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", range(2))
def test_completeness_keeps_what_is_unique(seed: int) -> None:
    """From a noisy start without the photo's one bright spot: only when all of the photo is wanted does it come."""
    random = torch.Generator().manual_seed(seed)
    plain = 0.3 + 0.02 * torch.randn(1, 3, 28, 36, generator=random)
    photo = plain.clone()
    photo[..., 10:15, 20:25] = 1.0
    start = plain + 0.25 * torch.randn(1, 3, 28, 36, generator=random)
    assert PatchNeighbours(alpha=0.005).inject(photo, start, 0).max() > 0.9
    assert PatchNeighbours(alpha=None).inject(photo, start, 0).max() < 0.5


@pytest.mark.parametrize("size", [(23, 62), (49, 31), (7, 7)])
def test_sizes_are_exact(photo: torch.Tensor, size: tuple[int, int]) -> None:
    engine = PatchNeighbours(exhaustive=500, iterations=3)
    for image in (engine.sample(photo, 0, size), engine.retarget(photo, size)):
        assert image.shape == (1, 3, *size)
        assert strangeness(image, photo).mean() < 0.25 * strangeness(scene(2), photo).mean()


def test_levels() -> None:
    engine = PatchNeighbours()
    assert engine.sizes((164, 244))[0] == (21, 31)
    assert engine.sizes((20, 30)) == [(20, 30)]
    for photo, size in (((164, 244), (100, 400)), ((250, 250), (33, 20))):
        levels = engine.sizes(photo, size)
        assert levels[-1] == size
        assert len(levels) == len(engine.sizes(photo))
        assert min(min(level) for level in levels) >= 7
    sides = [height for height, _ in engine.sizes((1000, 1000))]
    assert all(high / low == pytest.approx(4 / 3, rel=0.04) for low, high in pairwise(sides))


def test_retargeting_does_not_stretch() -> None:
    """A bar of 6 pixels stays about that wide when the photo grows to twice its width."""
    random = torch.Generator().manual_seed(0)
    photo = 0.3 + 0.05 * torch.randn(1, 3, 24, 48, generator=random)
    photo[..., 5:11] += 0.6
    wide = PatchNeighbours(iterations=3).retarget(photo, (24, 96))
    assert (wide[0, 0, 12] > 0.6).sum().item() in range(5, 9)
    assert (resize(photo, (24, 96))[0, 0, 12] > 0.6).sum() == 12


def test_an_edit_loses_its_seams(photo: torch.Tensor) -> None:
    edited = photo.clone()
    edited[..., 5:20, 10:25] = torch.tensor([0.9, 0.1, 0.9]).view(3, 1, 1)
    for level in (0, 2):
        mended = PatchNeighbours().inject(photo, edited, level)
        assert strangeness(mended, photo).max() < 0.1 * strangeness(edited, photo).max()


def test_mistakes_have_one_sentence(photo: torch.Tensor) -> None:
    engine = PatchNeighbours()
    with pytest.raises(SingleError, match=r"level 4 does not exist here: .* 0 .* to 3 "):
        engine.inject(photo, photo, 4)
    with pytest.raises(SingleError, match="level -1 does not exist"):
        engine.sample(photo, start=-1)
    with pytest.raises(SingleError, match="at least 7 pixels"):
        engine.sample(photo[..., :6])
    with pytest.raises(SingleError, match="at least 7 pixels"):
        engine.retarget(photo, (44, 6))
    for settings in ({"alpha": 0.0}, {"factor": 1.0}, {"coarsest": 6}, {"iterations": 0}):
        with pytest.raises(ValueError, match=r"patch|factor"):
            PatchNeighbours(**settings)
