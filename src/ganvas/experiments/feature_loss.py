"""Squared error alone, or with the distance of deep features beside it."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import NOTES_SMALL, NOTES_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, every, higher, lower
from ganvas.recipes.notes import NotesRecipe

ALONE, FEATURES = "squared error alone", "with features"

PLAIN = {"net": "espcn", "adversarial_weight": 0.0}
SMALL = {**NOTES_SMALL, **PLAIN, "rounds": (1_500, 600)}

OFFLINE = {ALONE: {"content": None}, FEATURES: {"content": "lite0", "content_weight": 0.01}}
VGG = {ALONE: {"content": None}, FEATURES: {"content": "notes"}}


def verdict(figures: Figures) -> Verdict:
    return every(higher(figures, "detail", FEATURES, ALONE), lower(figures, "PSNR", FEATURES, ALONE))


FEATURE_LOSS = Experiment(
    "feature-loss",
    "A distance of deep features beside squared error makes enlargements sharper, at the cost of PSNR.",
    "the notes on the VGG loss; Ledig et al. 2017 (arXiv:1609.04802), table 2",
    {
        "smoke": arms("notes", {**NOTES_SMOKE, **PLAIN}, OFFLINE),
        "small": arms("notes", SMALL, OFFLINE),
        "full": arms("notes", {**NotesRecipe.presets["flowers"], **PLAIN}, VGG),
    },
    ("PSNR", "detail", "perceptual distance", "texture on grey", "texture on defocus"),
    verdict,
    "Smoke and small take the features of EfficientNet-Lite0, whose weights come as a package, in place of VGG16's; the"
    " perceptual distance sees with the same net and flatters that arm, so the verdict does not look at it.",
)
