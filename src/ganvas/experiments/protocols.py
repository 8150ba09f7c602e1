"""The trainings that several experiments vary: for seconds, and for minutes on two cores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganvas.experiments.measures import Name

Settings = Mapping[str, Any]

ESPCN_SMOKE: Settings = {
    "scale": 2,
    "widths": (8, 4),
    "batch": 2,
    "patch": 8,
    "rates": (1e-3,),
    "rounds": (3,),
}
ESPCN_SMALL: Settings = {"batch": 16, "rates": (1e-3, 3e-4, 1e-4), "rounds": (2_500, 1_000, 500)}

NOTES_SMOKE: Settings = {
    "net": "espcn",
    "judge": "base",
    "judge_width": 4,
    "content": None,
    "batch": 2,
    "patch": 8,
    "rates": (3e-4,),
    "judge_rates": (1e-4,),
    "rounds": (3,),
}
NOTES_SMALL: Settings = {
    "net": "espcn",
    "judge": "base",
    "judge_width": 8,
    "content": None,
    "batch": 4,
    "patch": 24,
    "rates": (6e-4, 2e-4),
    "judge_rates": (2e-4, 6e-5),
    "rounds": (1_000, 400),
}
"""Rates are twice the notes', since so few rounds are played."""

PIX2PIX_SMOKE: Settings = {
    "levels": 3,
    "width": 4,
    "judge_width": 4,
    "side": 97,
    "patch": 96,
    "rounds": 2,
}
"""A discriminator of 286 pixels has nothing left of fewer than 96."""
PIX2PIX_SMALL: Settings = {
    "levels": 6,
    "width": 16,
    "judge_width": 16,
    "side": 143,
    "patch": 128,
    "rounds": 1_200,
    "rate": 4e-4,
}
"""The rate is twice the paper's, since so few rounds are played."""

RESTORED: tuple[Name, ...] = (
    "PSNR",
    "SSIM",
    "perceptual distance",
    "Fréchet distance",
    "detail",
    "colourfulness",
)
"""What is measured of pictures beside their truth."""
