"""What an experiment is: a claim, what is played to try it, what is measured, and when that bears the claim out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ganvas.errors import GanvasError
from ganvas.experiments.measures import Name
from ganvas.experiments.verdict import Figures, Verdict
from ganvas.recipes import RECIPES, Recipe, build, find

Preset = Literal["smoke", "small", "full"]
MeasuredOn = Literal["pictures", "digits", "pairs", "shaken pictures", "hazy pictures", "nothing"]

NEEDS: Mapping[MeasuredOn, str] = {
    "pictures": "--data with crops and --test with a folder of pictures",
    "pairs": "--data and --test each with a folder of pairs",
    "shaken pictures": "--data with crops and --test with a folder of pictures, which are blurred for it",
    "hazy pictures": "--data with crops and --test with a folder of pictures, which are put into haze for it",
    "digits": "--data with a folder of digits, of which some are for the test, and no --test",
    "nothing": "neither --data nor --test: its data are made",
}
"""What the command line is to be given, by what an experiment is measured on."""

SEEDS: Mapping[Preset, int] = {"smoke": 1, "small": 2, "full": 2}
"""With how many seeds every arm is played, unless the experiment says otherwise."""


class ExperimentError(GanvasError):
    """An experiment that does not exist or cannot be played; the message is one sentence for the user."""


class Arm(NamedTuple):
    """One of the things that are compared: a recipe with these settings."""

    recipe: str
    settings: Mapping[str, Any]

    def seeded(self, seed: int) -> Recipe:
        """The recipe, with the order of its data by ``seed`` too where it lets it be chosen."""
        kind = find(RECIPES, self.recipe)
        return build(kind, {**self.settings, "seed": seed} if "seed" in kind.model_fields else self.settings)


@dataclass(frozen=True)
class Experiment:
    """A claim of a paper or of notes, in one sentence, with its ``source``.

    Every preset has the same arms by the same labels; ``measures`` are names of
    :data:`ganvas.experiments.measures.MEASURES`, on digits of :data:`ganvas.experiments.digits.MEASURES`, on nothing of
    :data:`ganvas.experiments.points.MEASURES`, on the others of :data:`ganvas.experiments.restored.MEASURES`. ``note``
    says in what the trial differs from where the claim was made.
    """

    name: str
    claim: str
    source: str
    arms: Mapping[Preset, Mapping[str, Arm]]
    measures: tuple[Name, ...]
    verdict: Callable[[Figures], Verdict]
    note: str = ""
    measured_on: MeasuredOn = "pictures"
    seeds: Mapping[Preset, int] = field(default_factory=lambda: SEEDS)


def arms(recipe: str, common: Mapping[str, Any], changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Arm]:
    """Arms of one recipe that share ``common`` and differ in ``changes``, by label."""
    return {label: Arm(recipe, {**common, **changed}) for label, changed in changes.items()}
