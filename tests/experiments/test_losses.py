"""When figures bear out the claims about losses, generators and patches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ganvas.experiments import EXPERIMENTS
from ganvas.experiments.verdict import Answer

Seeds = Sequence[float]
Made = Mapping[str, Mapping[str, Seeds]]


def both(value: float) -> list[float]:
    """A figure of two seeds that are close."""
    return [value, value + 0.001]


AGREEING: Mapping[str, Made] = {
    "pix2pix-loss": {
        "L1": {"detail": both(0.4), "PSNR": both(16), "perceptual distance": both(1.2)},
        "cGAN": {"detail": both(1.1), "PSNR": both(12), "perceptual distance": both(1.3)},
        "L1 + cGAN": {"detail": both(0.9), "PSNR": both(15), "perceptual distance": both(1.0)},
    },
    "pix2pix-generator": {
        "U-Net, L1": {"perceptual distance": both(1.0)},
        "encoder-decoder, L1": {"perceptual distance": both(1.2)},
        "U-Net, L1 + cGAN": {"perceptual distance": both(0.9)},
        "encoder-decoder, L1 + cGAN": {"perceptual distance": both(1.1)},
    },
    "pix2pix-patches": {
        "no discriminator": {"colourfulness": both(0.4), "detail": both(0.4), "perceptual distance": both(1.2)},
        "1 pixel": {"colourfulness": both(0.8), "detail": both(0.42), "perceptual distance": both(1.2)},
        "16 pixels": {"colourfulness": both(0.8), "detail": both(0.9), "perceptual distance": both(1.1)},
        "70 pixels": {"colourfulness": both(0.8), "detail": both(0.9), "perceptual distance": both(1.0)},
        "286 pixels": {"colourfulness": both(0.8), "detail": both(0.9), "perceptual distance": both(1.1)},
    },
    "deblurgan-loss": {
        "features and critic": {"detail": both(0.8), "PSNR": both(25), "SSIM": both(0.8)},
        "features alone": {"detail": both(0.6), "PSNR": both(26), "SSIM": both(0.8)},
        "squared error and critic": {"detail": both(0.8), "PSNR": both(20), "SSIM": both(0.6)},
    },
    "candy-loss": {"all four": {"detail": both(0.9)}, "squared error alone": {"detail": both(0.7)}},
}


@pytest.mark.parametrize("name", AGREEING)
def test_the_claim_can_be_borne_out(name: str) -> None:
    assert EXPERIMENTS[name].verdict(AGREEING[name]).agrees == "agree"


@pytest.mark.parametrize(
    ("name", "arm", "measure", "seeds", "agrees"),
    [
        ("pix2pix-loss", "L1", "detail", both(1.2), "disagree"),
        ("pix2pix-loss", "cGAN", "PSNR", both(17), "disagree"),
        ("pix2pix-loss", "L1", "perceptual distance", both(0.8), "disagree"),
        ("pix2pix-loss", "cGAN", "perceptual distance", [0.6, 1.6], "undecided"),
        ("pix2pix-generator", "encoder-decoder, L1", "perceptual distance", both(0.9), "disagree"),
        ("pix2pix-generator", "U-Net, L1 + cGAN", "perceptual distance", [0.7, 1.1], "undecided"),
        ("pix2pix-patches", "1 pixel", "colourfulness", both(0.4), "undecided"),
        ("pix2pix-patches", "1 pixel", "detail", both(0.6), "disagree"),
        ("pix2pix-patches", "16 pixels", "perceptual distance", both(0.9), "disagree"),
        ("pix2pix-patches", "286 pixels", "perceptual distance", both(0.95), "disagree"),
        ("pix2pix-patches", "286 pixels", "perceptual distance", both(1.0), "agree"),
        ("deblurgan-loss", "features alone", "detail", both(0.9), "disagree"),
        ("deblurgan-loss", "squared error and critic", "PSNR", both(27), "disagree"),
        ("deblurgan-loss", "squared error and critic", "SSIM", both(0.8), "undecided"),
        ("candy-loss", "squared error alone", "detail", both(0.95), "disagree"),
    ],
)
def test_each_part_of_a_claim_counts(name: str, arm: str, measure: str, seeds: Seeds, agrees: Answer) -> None:
    figures = AGREEING[name]
    changed = {**figures, arm: {**figures[arm], measure: seeds}}
    assert EXPERIMENTS[name].verdict(changed).agrees == agrees
