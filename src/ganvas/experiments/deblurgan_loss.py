"""DeblurGAN's loss with a part taken away, or another in its place."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import RESTORED
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.recipes.deblurgan import DeblurGANRecipe

BOTH, ALONE, SQUARED = "features and critic", "features alone", "squared error and critic"
PRESETS = {BOTH: "paper", ALONE: "content", SQUARED: "mse"}
ARMS = {label: DeblurGANRecipe.presets[preset] for label, preset in PRESETS.items()}

SMOKE = {**DeblurGANRecipe.presets["smoke"], **DeblurGANRecipe.presets["offline"]}
SMALL = {**DeblurGANRecipe.presets["small"], "blocks": 3, "width": 12, "rounds": 800, "rate": 4e-4}


def verdict(figures: Figures) -> Verdict:
    return every(
        lower(figures, "detail", ALONE, BOTH),
        lower(figures, "PSNR", SQUARED, ALONE),
        lower(figures, "SSIM", SQUARED, ALONE),
    )


DEBLURGAN_LOSS = Experiment(
    "deblurgan-loss",
    "Without the critic results are meaningful and blurred; with squared error in place of features nothing meaningful"
    " is learnt.",
    "Kupyn et al. 2018 (arXiv:1711.07064), section 3.1",
    {
        "smoke": arms("deblurgan", SMOKE, ARMS),
        "small": arms("deblurgan", SMALL, ARMS),
        "full": arms("deblurgan", DeblurGANRecipe.presets["synth"], ARMS),
    },
    RESTORED,
    verdict,
    "Blurred is said of results with less detail, not meaningful of those that are farther from the truth in PSNR and"
    " SSIM. Smoke and small take the features of EfficientNet-Lite0, whose weights come as a package, in place of"
    " VGG19's; the perceptual distance sees with the same net and flatters those arms, so the verdict does not look at"
    " it. Test pictures are blurred along paths of a shaking hand, as in the training, and 30 border pixels cut.",
    measured_on="shaken pictures",
)
