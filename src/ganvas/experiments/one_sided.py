"""What a judge makes a generator invent where there is nothing to see: judged alone, compared, compared one-sidedly."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import NOTES_SMALL, NOTES_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.recipes.notes import NotesRecipe

TWO, ONE = "compared", "compared, one-sided"
JUDGED = {
    "no judge": {"adversarial_weight": 0.0},
    "judged alone": {"relativistic": False},
    TWO: {},
    ONE: {"one_sided": True},
}
FULL = {**NotesRecipe.presets["flowers"], "reduction": "bicubic"}


def verdict(figures: Figures) -> Verdict:
    return every(*(lower(figures, f"texture on {place}", ONE, TWO) for place in ("grey", "defocus")))


ONE_SIDED = Experiment(
    "one-sided",
    "A generator that is praised only where its fake still looks less real than the picture leaves flat and defocused"
    " areas alone; one that is praised everywhere invents texture there.",
    "the notes on the relativistic loss; ESRGAN (arXiv:1809.00219), section 3.2",
    {
        "smoke": arms("notes", NOTES_SMOKE, JUDGED),
        "small": arms("notes", {**NOTES_SMALL, "reduction": "bicubic"}, JUDGED),
        "full": arms("notes", FULL, JUDGED),
    },
    (
        "PSNR",
        "perceptual distance",
        "discriminator's loss",
        "texture on grey",
        "texture on a gradient",
        "texture on defocus",
    ),
    verdict,
    "The arms differ in their judging alone: a judge of one picture at a time, one that compares it with the truth, and"
    " the same with praise that ends where the fake has won.",
)
