"""What Pix2Pix is paid for: L1, a discriminator, one that sees the input too, or both."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import PIX2PIX_SMALL, PIX2PIX_SMOKE, RESTORED
from ganvas.experiments.verdict import Figures, Verdict, every, higher, lower
from ganvas.recipes.pix2pix import Pix2PixRecipe

L1, CGAN, BOTH = "L1", "cGAN", "L1 + cGAN"
PRESETS = {L1: "l1", CGAN: "cgan", "GAN": "gan", "L1 + GAN": "l1-gan", BOTH: "paper"}
ARMS = {label: Pix2PixRecipe.presets[preset] for label, preset in PRESETS.items()}


def verdict(figures: Figures) -> Verdict:
    return every(
        lower(figures, "detail", L1, BOTH),
        lower(figures, "PSNR", CGAN, BOTH),
        higher(figures, "perceptual distance", L1, BOTH),
        higher(figures, "perceptual distance", CGAN, BOTH),
    )


PIX2PIX_LOSS = Experiment(
    "pix2pix-loss",
    "L1 alone blurs, a discriminator alone departs from the truth, and both together look nearest to it.",
    "Isola et al. 2017 (arXiv:1611.07004), table 1, on Cityscapes by per-pixel accuracy of a segmentation: L1 .42,"
    " GAN .22, cGAN .57, L1+GAN .64, L1+cGAN .66",
    {
        "smoke": arms("pix2pix", PIX2PIX_SMOKE, ARMS),
        "small": arms("pix2pix", PIX2PIX_SMALL, ARMS),
        "full": arms("pix2pix", {}, ARMS),
    },
    RESTORED,
    verdict,
    "A cGAN's discriminator sees the input beside the result, a GAN's the result alone; the claim is about L1, cGAN and"
    " both, the other arms are told beside them. No segmentation judges here: nearness is the perceptual distance, of"
    " which no arm learns. Test pairs are resized to squares of the patches, as in the authors' program.",
    measured_on="pairs",
)
