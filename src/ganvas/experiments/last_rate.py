"""One learning rate for all of ESPCN's layers, or a tenth of it for the last one."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import ESPCN_SMALL, ESPCN_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, no_lower
from ganvas.recipes.espcn import ESPCNRecipe

FULL = ESPCNRecipe.presets["notes"]

ARMS = {
    "ReLU, one rate": {"activation": "relu", "last_rate": 1.0},
    "ReLU, last at a tenth": {"activation": "relu", "last_rate": 0.1},
    "tanh at the output, one rate": {"activation": "tanh", "output": "tanh", "last_rate": 1.0},
    "tanh at the output, last at a tenth": {"activation": "tanh", "output": "tanh", "last_rate": 0.1},
}

MARGIN = 0.05
"""Decibels that would count."""


def verdict(figures: Figures) -> Verdict:
    return no_lower(figures, "PSNR", "ReLU, one rate", "ReLU, last at a tenth", MARGIN)


LAST_RATE = Experiment(
    "last-rate",
    "Without tanh at the output one learning rate for all layers of ESPCN does as well as a tenth of it for the last"
    " layer.",
    "the notes on Shi et al. 2016 (arXiv:1609.05158), who let the last layer learn ten times slower",
    {
        "smoke": arms("espcn", ESPCN_SMOKE, ARMS),
        "small": arms("espcn", ESPCN_SMALL, ARMS),
        "full": arms("espcn", FULL, ARMS),
    },
    ("PSNR", "detail"),
    verdict,
)
