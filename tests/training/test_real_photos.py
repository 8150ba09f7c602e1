"""Every recipe that restores or translates learns something of real photos in some tens of rounds, or some hundreds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from ganvas.game import Stage
from ganvas.recipes import RECIPES, build
from ganvas.runs import opened
from ganvas.training import train

PHOTOS = Path(__file__).resolve().parents[2] / "examples" / "photos"

LEARNT: dict[str, tuple[str, dict[str, Any]]] = {
    "pix2pix": ("l1", {"spoil": "colour", "rounds": 40}),
    "deblurgan": ("content", {"rounds": 40}),
    "candy": ("squared", {"rounds": 40, "rate": 2e-3}),
    # It starts by changing nothing, which is hard to beat.
    "deblur": ("decibels", {"rounds": 300, "width": 16, "rate": 0.02, "batch": 4}),
    "unshaken": ("kernel", {"kernels": 0, "rounds": 40, "guessing": 16, "patch": 64, "margin": 8, "rate": 0.02}),
    "dehaze": ("l1", {"rounds": 40}),
    "cyclegan": ("cycle_b", {"rounds": 60, "rate": 2e-3}),
    "cycle-dehaze": ("cycle_b", {"rounds": 40, "rate": 1e-3}),
}
"""By recipe the term of the generator that falls, and what of the preset smoke is changed."""


@pytest.fixture
def two_folders(tmp_path: Path) -> Path:
    """The lake in one folder, the tea in the other."""
    for folder, photo in (("A", "lake.jpg"), ("B", "tea.jpg")):
        (tmp_path / folder).mkdir()
        shutil.copy(PHOTOS / photo, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize("name", sorted(LEARNT))
def test_a_few_rounds_on_real_photos_teach_something(name: str, two_folders: Path) -> None:
    term, changes = LEARNT[name]
    recipe = build(RECIPES[name], {**RECIPES[name].presets["smoke"], **changes})
    torch.manual_seed(0)
    (stage,) = recipe.stages(opened(recipe, two_folders if recipe.reading == "unpaired" else PHOTOS))
    before = paid(stage, term)
    results = [played.result for played in train([stage])]
    assert len(results) == changes["rounds"]
    assert paid(stage, term) < (before - 0.02 if name == "deblur" else 0.95 * before)


@torch.no_grad()
def paid(stage: Stage[Any], term: str) -> float:
    """The mean of ``term`` over four batches, the same at each time."""
    (loss,) = (player.loss for player in stage.players if player.name == "generator")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        batches = (stage.data.batch(number) for number in range(100, 104))  # pyright: ignore[reportAttributeAccessIssue]
        return sum(loss(batch)[term].item() for batch in batches) / 4
