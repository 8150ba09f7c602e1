"""Max-pooling in the discriminator, or convolutions with a stride in its place."""

from __future__ import annotations

from typing import Any

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import NOTES_SMALL, NOTES_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, every, no_higher

POOLED = "max-pooling"
STRIDES = {f"stride 2, kernel {kernel}": {"strided": kernel} for kernel in (2, 4)}
ARMS: dict[str, dict[str, Any]] = {POOLED: {}, **STRIDES}

MARGIN = 0.01
"""Perceptual distance that would count."""


def verdict(figures: Figures) -> Verdict:
    return every(*(no_higher(figures, "perceptual distance", POOLED, strided, MARGIN) for strided in STRIDES))


POOLING = Experiment(
    "pooling",
    "Convolutions with a stride in place of the discriminator's max-pooling add parameters and gain nothing.",
    "the notes on the discriminator, where it is tried on digits: at width 64 .9955 with max-pooling, .9948 to .9951"
    " with strides",
    {
        "smoke": arms("notes", NOTES_SMOKE, ARMS),
        "small": arms("notes", NOTES_SMALL, ARMS),
        "full": arms("notes", {}, ARMS),
    },
    ("PSNR", "perceptual distance", "discriminator's loss", "detail", "texture on grey", "texture on defocus"),
    verdict,
    "Here it is tried where it is meant for, on the discriminator of photos, by what the generator learns from it."
    " At the notes' width of 32 the strides add 20,672 parameters (kernel 2) and 82,112 (kernel 4) to 174,817.",
)
