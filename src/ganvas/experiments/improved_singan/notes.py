"""The notes' tables: what each varies, what they say of each training, and what of that figures can bear out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ganvas.experiments.improved_singan.claims import Claim, Said
from ganvas.recipes.improved_singan import MODES, STOP, UPSAMPLES

LOOKS, TIME = "perceptual distance", "processor time"

MARGIN = 0.05
"""By how much the distance must differ to be seen."""

LEEWAY = 0.15
"""By how much it may be higher in what is called not bad."""

SHORTER = -0.1
"""By how much a training that is called shorter must be; the notes' were by 19 to 55 %."""

GOOD, FAIR, POOR = Claim(LOOKS, MARGIN), Claim(LOOKS, LEEWAY), Claim(LOOKS, MARGIN, exceeds=True)


@dataclass(frozen=True)
class Table:
    """A table of the notes: the page ``name``, the recipe's ``fields`` that it varies, and what is said of each arm.

    ``short`` and ``about`` say what is tried, ``conclusion`` what the notes came to.
    """

    name: str
    title: str
    short: str
    about: str
    conclusion: str
    fields: tuple[str, ...]
    said: Mapping[str, Said]


EARLY_STOP = Table(
    "early-stop",
    "Levels that end early",
    "lower levels end once their reconstruction is good enough, or no longer gets better",
    "A level below the finest ends once its reconstruction is good enough (early-stop), or also once its error no"
    " longer falls (plateau, our form of an idea of the notes). The finest plays all its rounds.",
    "No firm conclusion: results can be good, some look more natural, in 45 to 81 % of the time; a rule that sees more"
    " of the reconstruction's error may be better.",
    (STOP, "early_stop_threshold", "early_stop_min_epoch", "plateau_window", "plateau_change"),
    {
        "early-stop": Said("as good, in less time", (Claim(TIME, SHORTER), GOOD)),
        "plateau": Said(
            "a richer rule may be better",
            (Claim(TIME, -MARGIN, than="early-stop"), Claim(LOOKS, MARGIN, than="early-stop")),
        ),
    },
)

REAL = Table(
    "real",
    "Trained with the real image",
    "seven ways to show levels what is made of the photo itself, in place of what is drawn",
    "A level is given what the level below makes of the photo itself (real_train, real_train_rec) in place of what all"
    " levels below drew (rand, rec): for the fakes that the critic sees, or for the reconstruction, in the lower levels"
    " or in the last. In a and d the lower levels end after a few rounds.",
    "Not unambiguous: more photos may show a combination better than the original, or which one suits which photo.",
    (STOP, *MODES),
    {
        "real-a": Said("not good", (POOR,)),
        "real-b": Said("not bad", (FAIR,)),
        "real-c": Said("good", (GOOD,)),
        "real-d": Said("strange, but not bad", (FAIR,)),
        "real-e": Said("worse than d, interesting", (Claim(LOOKS, MARGIN, exceeds=True, than="real-d"),)),
        "real-f": Said("strange, but interesting"),
        "real-g": Said("very good", (GOOD,)),
    },
)

UP = Table(
    "up",
    "Super-resolution between levels",
    "nine ways to have a level work twice on what the next one is given",
    "On its way to the next level a picture is not only resized (regular): the level below works on it once more (sr).",
    "No good results in general, only i is reasonable; the enlargement may remove the noise that training needs.",
    (*UPSAMPLES, *MODES),
    {**{f"up-{letter}": Said("not good", (POOR,)) for letter in "abcdefgh"}, "up-i": Said("reasonable", (FAIR,))},
)

TABLES = (EARLY_STOP, REAL, UP)

SAID: Mapping[str, Said] = {arm: said for table in TABLES for arm, said in table.said.items()}

FIELDS: Mapping[str, str] = {
    STOP: "lower levels end",
    "early_stop_threshold": "below",
    "early_stop_min_epoch": "not before round",
    "plateau_window": "window of the plateau",
    "plateau_change": "change within it",
    "first_scales_train_mode": "fakes of lower levels",
    "last_scale_train_mode": "of the last",
    "first_scales_train_rec_mode": "reconstruction of lower levels",
    "last_scale_train_rec_mode": "of the last",
    "first_scales_upsample_type": "enlarging for fakes, lower levels",
    "last_scale_upsample_type": "the last",
    "first_scales_rec_upsample_type": "enlarging for reconstruction, lower levels",
    "last_scale_rec_upsample_type": "the last",
}
"""What the recipe's fields are called on the pages."""
