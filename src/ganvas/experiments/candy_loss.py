"""CANDY's four losses, each of them left out, and squared error by itself."""

from __future__ import annotations

from typing import Any

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import RESTORED
from ganvas.experiments.verdict import Figures, Verdict, lower
from ganvas.recipes.candy import CANDYRecipe

ALL, ALONE = "all four", "squared error alone"
ARMS: dict[str, dict[str, Any]] = {
    ALL: {},
    "no discriminator": {"adversarial_weight": 0.0},
    "no squared error": {"squared_weight": 0.0},
    "no smooth L1": {"smooth_weight": 0.0},
    "no features": {"content": None},
    ALONE: {"adversarial_weight": 0.0, "smooth_weight": 0.0, "content": None},
}

SMOKE = {**CANDYRecipe.presets["smoke"], **CANDYRecipe.presets["offline"]}
SMALL = {**CANDYRecipe.presets["small"], "patch": 96, "levels": 5, "batch": 2, "rounds": 500, "rate": 4e-4}


def verdict(figures: Figures) -> Verdict:
    return lower(figures, "detail", ALONE, ALL)


CANDY_LOSS = Experiment(
    "candy-loss",
    "Squared error alone blurs: with a discriminator, features and smooth L1 beside it a dehazed picture has more"
    " detail.",
    "Swami, Das 2018 (arXiv:1801.02892), on its loss, as the thesis tells it",
    {
        "smoke": arms("candy", SMOKE, ARMS),
        "small": arms("candy", SMALL, ARMS),
        "full": arms("candy", {}, ARMS),
    },
    RESTORED,
    verdict,
    "The paper's weights are not known: the recipe's are ours. The arms that miss one loss are told beside the claim."
    " Smoke and small take the features of EfficientNet-Lite0, whose weights come as a package, in place of VGG19's;"
    " the perceptual distance sees with the same net and flatters those arms, so the verdict does not look at it."
    " Test pictures are put into haze at a random depth, as in the training.",
    measured_on="hazy pictures",
)
