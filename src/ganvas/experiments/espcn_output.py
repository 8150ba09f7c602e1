"""Tanh or nothing at ESPCN's output, and tanh or ReLU inside."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import ESPCN_SMALL, ESPCN_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, higher

ARMS = {
    "tanh at the output": {"activation": "tanh", "output": "tanh"},
    "tanh inside": {"activation": "tanh"},
    "ReLU inside": {"activation": "relu"},
}


def verdict(figures: Figures) -> Verdict:
    return higher(figures, "error at black and white", "tanh at the output", "ReLU inside")


ESPCN_OUTPUT = Experiment(
    "espcn-output",
    "With tanh at ESPCN's output black and white are hard to reach and come out washed; with ReLU and nothing at the"
    " output they do not.",
    "the notes on Shi et al. 2016 (arXiv:1609.05158)",
    {
        "smoke": arms("espcn", ESPCN_SMOKE, ARMS),
        "small": arms("espcn", ESPCN_SMALL, ARMS),
        "full": arms("espcn", {}, ARMS),
    },
    ("PSNR", "error at black and white", "detail"),
    verdict,
    "The paper's own net has tanh inside alone; the paper finds it 0.13 dB better there than ReLU (scale 3, Set5).",
)
