"""Holes filled: better than by what lies around them."""

from __future__ import annotations

import pytest
import torch

from ganvas.latent.completion import complete, harmonic, mean_fill
from ganvas.latent.inversion import Descent, psnr
from ganvas.latent.model import Generator, LatentError
from ganvas.latent.operators import box

QUICK = Descent(80, 0.15, falling=True)


@pytest.fixture
def mask(random_net: Generator) -> torch.Tensor:
    mask = box(random_net.shape, 0.25).mask
    assert mask is not None
    return mask


@pytest.fixture
def images(random_net: Generator) -> torch.Tensor:
    return random_net(random_net.sample(3, 3))


@pytest.mark.parametrize("distance", ["l2", "l1"])
def test_the_hole_is_nearer_than_the_mean(random_net: Generator, images: torch.Tensor, mask: torch.Tensor, distance):
    found = complete(random_net, images, mask, descent=QUICK, starts=4, distance=distance, seed=1)
    plain = psnr(mean_fill(images, mask), images, 1 - mask)
    assert (found.psnr(images, mask).mean() - plain.mean()).item() > 3
    assert torch.equal(found.images * mask, images * mask), "what is known stays"
    again = complete(random_net, images, mask, descent=QUICK, starts=4, distance=distance, seed=1)
    assert torch.equal(found.images, again.images)


def test_a_bar_is_completed(bars: Generator) -> None:
    images = bars(bars.sample(3, 0))
    mask = box(bars.shape, 0.25).mask
    assert mask is not None
    found = complete(bars, images, mask, descent=QUICK, starts=4)
    assert (found.psnr(images, mask) > psnr(mean_fill(images, mask), images, 1 - mask) + 3).all()


def test_a_discriminator_pulls(random_net: Generator, images: torch.Tensor, mask: torch.Tensor) -> None:
    """One that likes bright pictures, heard more and more."""

    def bright(made: torch.Tensor) -> torch.Tensor:
        return made.flatten(1).mean(1, keepdim=True)

    means = [
        complete(random_net, images, mask, descent=QUICK, starts=2, discriminator=bright, weight=weight)
        .made.mean()
        .item()
        for weight in (0.0, 10_000.0)
    ]
    assert means[1] > means[0] + 0.01


def test_an_encoder_gives_the_first_start(random_net: Generator, images: torch.Tensor, mask: torch.Tensor) -> None:
    codes = random_net.sample(3, 3)
    asked = list[torch.Tensor]()

    def encode(filled: torch.Tensor) -> torch.Tensor:
        asked.append(filled)
        return codes

    found = complete(random_net, images, mask, descent=Descent(0), starts=2, encode=encode)
    assert torch.equal(found.codes, codes)
    assert torch.equal(asked[0], mean_fill(images, mask))


def test_fills(mask: torch.Tensor) -> None:
    line = torch.linspace(0, 1, 16).expand(1, 2, 16, 16)
    ramp = line.clone()
    assert torch.allclose(harmonic(ramp * mask, mask), ramp, atol=1e-3), "a ramp is harmonic"
    assert torch.equal(harmonic(ramp * mask, mask) * mask, ramp * mask)
    filled = mean_fill(ramp, mask)
    assert filled[0, 0, 8, 8].item() == pytest.approx(float((ramp * mask)[0, 0].sum() / mask.sum()), abs=1e-6)


def test_a_blended_seam_fits(random_net: Generator, images: torch.Tensor, mask: torch.Tensor) -> None:
    """Pictures that are brighter than any the generator makes: blending carries that into the hole."""
    brighter = images + 0.1
    plain, blended = (
        complete(
            random_net, brighter, mask, descent=Descent(0), starts=1, encode=lambda _: random_net.sample(3, 3), blend=b
        )
        for b in (False, True)
    )
    assert plain.psnr(brighter, mask).mean().item() == pytest.approx(20, abs=1)
    assert blended.psnr(brighter, mask).mean() > 35


def test_masks_without_a_hole_are_refused(random_net: Generator, images: torch.Tensor) -> None:
    for mask in (torch.ones(1, 16, 16), torch.zeros(1, 16, 16)):
        with pytest.raises(LatentError, match="a mask with both"):
            complete(random_net, images, mask)
