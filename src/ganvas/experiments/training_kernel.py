"""What it means how the small pictures of the training were made."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.verdict import Figures, Verdict, every, higher
from ganvas.recipes.compact import CompactRecipe

BICUBIC, BOX = "trained on bicubic", "trained on box in linear light"
ARMS = {BICUBIC: {"reduction": "bicubic"}, BOX: {"reduction": "linear-box"}}

SMOKE = {**CompactRecipe.presets["smoke"], "scale": 2}
SMALL = {"width": 24, "depth": 4, "patch": 24, "batch": 8, "candidates": 1, "rounds": 4_000}


def verdict(figures: Figures) -> Verdict:
    return every(
        higher(figures, "PSNR on bicubic", BICUBIC, BOX),
        higher(figures, "PSNR on box in linear light", BOX, BICUBIC),
    )


TRAINING_KERNEL = Experiment(
    "training-kernel",
    "A net learns to undo the very reduction it was trained with: box in linear light and bicubic each lose on the"
    " other's pictures.",
    "the notes on how pictures are made small",
    {"smoke": arms("compact", SMOKE, ARMS), "small": arms("compact", SMALL, ARMS), "full": arms("compact", {}, ARMS)},
    ("PSNR on bicubic", "PSNR on box in linear light", "detail"),
    verdict,
)
