"""The simulated JPEG against the files that Pillow writes."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from ganvas.degrade.jpeg import Compressed, jpeg
from ganvas.degrade.low_resolution import reduce


def picture(height: int, width: int, seed: int = 0) -> torch.Tensor:
    """Something between a photo and noise, 8 bits: (1, 3, height, width)."""
    random = torch.Generator().manual_seed(seed)
    levels = [torch.rand(1, 3, side, side, generator=random) for side in (4, 12, 40)]
    smooth = [torch.nn.functional.interpolate(level, size=(height, width), mode="bicubic") for level in levels]
    return (0.6 * smooth[0] + 0.25 * smooth[1] + 0.15 * smooth[2]).clamp(0, 1).mul(255).round() / 255


def by_pillow(image: torch.Tensor, quality: int) -> torch.Tensor:
    file = io.BytesIO()
    pixels = image[0].permute(1, 2, 0).mul(255).round().byte().numpy()
    Image.fromarray(pixels).save(file, "jpeg", quality=quality, subsampling="4:2:0")
    return torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None].float() / 255


@pytest.mark.parametrize("quality", [10, 30, 50, 75, 90, 99])
@pytest.mark.parametrize("shape", [(96, 128), (61, 45)])
def test_agrees_with_pillow(shape: tuple[int, int], quality: int) -> None:
    image = picture(*shape)
    ours, theirs = jpeg(image, quality), by_pillow(image, quality)
    assert (ours - theirs).abs().mean() * 255 < 0.6
    assert (ours - theirs).abs().mean() < 0.2 * (image - theirs).abs().mean()


def test_each_sample_has_its_own_quality() -> None:
    image = torch.cat([picture(40, 40), picture(40, 40, seed=1)])
    both = jpeg(image, torch.tensor([20.0, 90.0]))
    assert torch.equal(both[:1], jpeg(image[:1], 20))
    assert torch.equal(both[1:], jpeg(image[1:], 90))


def test_lower_quality_is_further_from_the_picture() -> None:
    image = picture(64, 64)
    errors = [(jpeg(image, quality) - image).abs().mean().item() for quality in (95, 75, 50, 30, 10)]
    assert errors == sorted(errors)


def test_is_eight_bit_within_range_and_float32() -> None:
    output = jpeg(3 * torch.rand(1, 3, 17, 9) - 1, 30)
    assert output.shape == (1, 3, 17, 9)
    assert output.dtype == torch.float32
    assert output.min() >= 0
    assert output.max() <= 1
    torch.testing.assert_close(output * 255, (output * 255).round(), atol=1e-4, rtol=0)


@pytest.mark.parametrize("value", [0.0, 128 / 255, 1.0])
def test_grey_that_falls_on_a_step_stays(value: float) -> None:
    image = torch.full((1, 3, 21, 5), value)
    torch.testing.assert_close(jpeg(image, 100), image, atol=1e-6, rtol=0)


def test_compressed_is_the_reduction_at_one_of_the_qualities() -> None:
    high = picture(64, 64)
    low = reduce(high, 2, "linear-box")
    candidates = {quality: jpeg(low, quality) for quality in (50.0, 95.0)}
    random = np.random.default_rng(0)
    seen: set[float] = set()
    for _ in range(12):
        output = Compressed("linear-box", (50.0, 95.0))(high, 2, random)
        seen |= {quality for quality, expected in candidates.items() if torch.equal(output, expected)}
    assert seen == {50.0, 95.0}
