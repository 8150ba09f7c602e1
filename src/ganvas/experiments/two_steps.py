"""Four times in one step, or twice two times with convolutions between."""

from __future__ import annotations

from ganvas.experiments.experiment import Experiment, arms
from ganvas.experiments.protocols import NOTES_SMALL, NOTES_SMOKE
from ganvas.experiments.verdict import Figures, Verdict, every, higher, lower

ONE, TWO = "one step of four", "two steps of two"

SMALL = {**NOTES_SMALL, "rounds": (600, 300)}

ARMS = {ONE: {"net": "espcn"}, "one step, convolutions behind": {"net": "tail"}, TWO: {"net": "x2x2"}}


def verdict(figures: Figures) -> Verdict:
    return every(
        lower(figures, "perceptual distance", TWO, ONE),
        higher(figures, "discriminator's loss", TWO, ONE),
    )


TWO_STEPS = Experiment(
    "two-steps",
    "Two steps of enlargement by two with convolutions between and behind them beat one step of four: pictures look"
    " better, and the discriminator tells them from real ones less easily.",
    "the notes on the layout of the generator",
    {"smoke": arms("notes", NOTES_SMOKE, ARMS), "small": arms("notes", SMALL, ARMS), "full": arms("notes", {}, ARMS)},
    ("PSNR", "perceptual distance", "discriminator's loss", "detail", "texture on grey"),
    verdict,
    "The notes prefer two steps by eye; their printed squared errors are lower with one step. In front of the last"
    " enlargement the nets are alike; two steps have 371,331 parameters, one has 212,656, or 463,491 with convolutions"
    " behind it.",
)
