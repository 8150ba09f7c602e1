"""A U-Net, or the same net without the connections from its encoder to its decoder."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import PIX2PIX_SMALL, PIX2PIX_SMOKE, RESTORED
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.recipes.pix2pix import Pix2PixRecipe

UNET, PLAIN = "U-Net", "encoder-decoder"
LOSSES = {"L1": "l1", "L1 + cGAN": "paper"}
NETS = {UNET: "paper", PLAIN: "encoder-decoder"}
ARMS = {
    f"{net}, {loss}": {**Pix2PixRecipe.presets[paid], **Pix2PixRecipe.presets[built]}
    for loss, paid in LOSSES.items()
    for net, built in NETS.items()
}


def verdict(figures: Figures) -> Verdict:
    return every(*(lower(figures, "perceptual distance", f"{UNET}, {loss}", f"{PLAIN}, {loss}") for loss in LOSSES))


PIX2PIX_GENERATOR = Experiment(
    "pix2pix-generator",
    "Connections from encoder to decoder bring results nearer to the truth, with L1 alone and with L1 and a"
    " discriminator.",
    "Isola et al. 2017 (arXiv:1611.07004), table 2, on Cityscapes by per-pixel accuracy of a segmentation: U-Net .48"
    " with L1 and .55 with L1+cGAN, encoder-decoder .35 and .29",
    {
        "smoke": arms("pix2pix", PIX2PIX_SMOKE, ARMS),
        "small": arms("pix2pix", PIX2PIX_SMALL, ARMS),
        "full": arms("pix2pix", {"batch": 10}, ARMS),
    },
    RESTORED,
    verdict,
    "Nearness is the perceptual distance; PSNR would favour the blurred. Full has the table's batches of 10.",
    measured_on="pairs",
)
