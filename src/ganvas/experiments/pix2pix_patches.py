"""How large the patches are that Pix2Pix's discriminator judges."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import PIX2PIX_SMALL, PIX2PIX_SMOKE, RESTORED
from ganvas.experiments.verdict import Figures, Verdict, every, higher, lower, no_higher, no_lower
from ganvas.recipes.pix2pix import Pix2PixRecipe

NONE, ONE, SIXTEEN, SEVENTY, WHOLE = "no discriminator", "1 pixel", "16 pixels", "70 pixels", "286 pixels"
PRESETS = {NONE: "l1", ONE: "patch-1", SIXTEEN: "patch-16", SEVENTY: "paper", WHOLE: "patch-286"}
ARMS = {label: Pix2PixRecipe.presets[preset] for label, preset in PRESETS.items()}

DETAIL = 0.1
"""Of the truth's detail: how much more of it would count."""

MARGIN = 0.01
"""Perceptual distance that would count."""


def verdict(figures: Figures) -> Verdict:
    return every(
        higher(figures, "colourfulness", ONE, NONE),
        no_higher(figures, "detail", ONE, NONE, DETAIL),
        lower(figures, "perceptual distance", SEVENTY, ONE),
        lower(figures, "perceptual distance", SEVENTY, SIXTEEN),
        no_lower(figures, "perceptual distance", WHOLE, SEVENTY, MARGIN),
    )


PIX2PIX_PATCHES = Experiment(
    "pix2pix-patches",
    "Judged by single pixels results gain colour and no detail, patches of 70 pixels bring them nearest to the truth,"
    " and 286 are no better.",
    "Isola et al. 2017 (arXiv:1611.07004), table 3, on Cityscapes by per-pixel accuracy of a segmentation: 1 pixel .39,"
    " 16 .65, 70 .66, 286 .42",
    {
        "smoke": arms("pix2pix", PIX2PIX_SMOKE, ARMS),
        "small": arms("pix2pix", PIX2PIX_SMALL, ARMS),
        "full": arms("pix2pix", {}, ARMS),
    },
    RESTORED,
    verdict,
    "All with L1 beside the discriminator, which sees the input too; the arm without one is there to compare with."
    " Small has pictures of 128 pixels in place of 256: 70 are half of a side there, and 286 see all of it twice over.",
    measured_on="pairs",
)
