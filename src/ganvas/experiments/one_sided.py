"""What a judge makes a generator invent where there is nothing to see: judged alone, compared, compared one-sidedly."""

from __future__ import annotations

from ganvas.experiments.experiment import Arm, Experiment, arms
from ganvas.experiments.protocols import NOTES_SMALL, NOTES_SMOKE, Settings
from ganvas.experiments.verdict import Figures, Verdict, every, lower
from ganvas.recipes.esrgan import ESRGANRecipe
from ganvas.recipes.notes import NotesRecipe

TWO, ONE = "compared", "compared, one-sided"
NOTES = {"no judge": {"adversarial_weight": 0.0}, TWO: {"one_sided": False}, ONE: {"one_sided": True}}
ESRGAN = {"ESRGAN, judged alone": {"relativistic": False}, "ESRGAN, compared": {"relativistic": True}}

FULL = {**NotesRecipe.presets["flowers"], "reduction": "bicubic"}

ESRGAN_SMOKE = {**ESRGANRecipe.presets["smoke"], "scale": 4}
ESRGAN_SMALL = {
    "blocks": 1,
    "width": 16,
    "growth": 8,
    "content": None,
    "batch": 4,
    "patch": 8,
    "psnr_rounds": 800,
    "psnr_rate": 1e-3,
    "rounds": 800,
    "rate": 3e-4,
}


def both(notes: Settings, esrgan: Settings) -> dict[str, Arm]:
    return arms("notes", notes, NOTES) | arms("esrgan", esrgan, ESRGAN)


def verdict(figures: Figures) -> Verdict:
    return every(*(lower(figures, f"texture on {place}", ONE, TWO) for place in ("grey", "defocus")))


ONE_SIDED = Experiment(
    "one-sided",
    "A generator that is praised only where its fake still looks less real than the picture leaves flat and defocused"
    " areas alone; one that is praised everywhere invents texture there.",
    "the notes on the relativistic loss; ESRGAN (arXiv:1809.00219), section 3.2",
    {
        "smoke": both(NOTES_SMOKE, ESRGAN_SMOKE),
        "small": both({**NOTES_SMALL, "reduction": "bicubic"}, ESRGAN_SMALL),
        "full": both(FULL, {}),
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
    "Arms of one recipe differ in their judging alone; between the recipes the nets differ too, so that ESRGAN's pair"
    " shows what comparing does and the notes' what praising on one side does.",
)
