"""The trainings of the site: the notes' presets, for seconds, for minutes on two cores, and as they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ganvas.experiments.experiment import Arm, Preset
from ganvas.recipes.improved_singan import ImprovedSinGANRecipe
from ganvas.recipes.recipe import Recipe

NAME = "improved-singan"
ORIGINAL = "original"

SETTINGS: Mapping[Preset, Mapping[str, Any]] = {
    "smoke": {"max_size": 40, "min_size": 16, "scale_factor": 0.7, "width": 4, "min_width": 4, "blocks": 2}
    | {"rounds": 3, "milestones": (2,), "generator_turns": 1, "critic_turns": 1}
    | {"early_stop_min_epoch": 1, "early_stop_threshold": 1e6, "plateau_window": 1},
    "small": {"max_size": 64, "max_width": 32, "generator_turns": 1, "critic_turns": 1}
    | {"rounds": 400, "milestones": (320,), "early_stop_min_epoch": 40, "early_stop_threshold": 0.1}
    | {"plateau_window": 40, "plateau_change": 0.05},
    "full": {},
}
"""What is set in all arms. The rounds of ``small`` are a fifth of the notes', as is all that is counted in them; its
thresholds are as near to what its levels come to, so soon, as the notes' were.
"""

SAMPLES: Mapping[Preset, int] = {"smoke": 2, "small": 10, "full": 50}
"""How many random pictures are judged of each arm and photo."""

ARMS = tuple(preset for preset in ImprovedSinGANRecipe.presets if preset != "smoke")


def arm(label: str, preset: Preset) -> Arm:
    """The training ``label``, one of :data:`ARMS`."""
    return Arm(NAME, {**ImprovedSinGANRecipe.presets[label], **SETTINGS[preset]})


def recipe(label: str, preset: Preset) -> ImprovedSinGANRecipe:
    """Its recipe."""
    built: Recipe = arm(label, preset).seeded(0)
    assert isinstance(built, ImprovedSinGANRecipe)
    return built
