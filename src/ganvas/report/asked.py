"""What a run was asked for: its recipe, as against what others of the same recipe would have been."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ganvas.recipes import RECIPES, Paper, build
from ganvas.report.curves import Guide
from ganvas.report.record import Key, Record

EQUILIBRIA: Mapping[str, Mapping[Key, Guide]] = {
    "minimax": {
        ("discriminator", "adversarial"): Guide(2 * math.log(2), "2 ln 2 = 1.386: cannot tell"),
        ("generator", "adversarial"): Guide(-math.log(2), "-ln 2 = -0.693"),
    },
    "non-saturating": {
        ("discriminator", "adversarial"): Guide(2 * math.log(2), "2 ln 2 = 1.386: cannot tell"),
        ("generator", "adversarial"): Guide(math.log(2), "ln 2 = 0.693"),
    },
}
"""What each side pays, by the recipe's ``loss``, where the discriminator says 1/2 to all (Goodfellow et al. 2014)."""

SUMS, MEANS = {"srgan", "real-esrgan"}, {"slides", "esrgan", "notes"}
"""Recipes whose discriminators pay the sum, and the mean, of cross-entropies."""


@dataclass(frozen=True)
class Choice:
    """The preset that the fields fit best (None: the defaults), and those that differ from it: is, would be."""

    preset: str | None
    changed: Mapping[str, tuple[Any, Any]]


def choice(record: Record) -> Choice | None:
    """How the fields of ``record`` came about; None where this version does not know its recipe.

    A run folder holds the fields alone: the preset is the one all of whose fields they have, and the most else.
    """
    kind = RECIPES.get(record.recipe or "")
    if kind is None:
        return None
    best = Choice(None, _changed(record.fields, build(kind, {}).model_dump(mode="json")))
    for name, preset in kind.presets.items():
        changed = _changed(record.fields, build(kind, preset).model_dump(mode="json"))
        if not preset.keys() & changed.keys() and len(changed) <= len(best.changed):
            best = Choice(name, changed)
    return best


def paper_of(record: Record) -> tuple[Paper, str] | None:
    """The paper and its address, or None where this version does not know the recipe."""
    kind = RECIPES.get(record.recipe or "")
    if kind is None:
        return None
    link = kind.paper.link
    return kind.paper, f"https://arxiv.org/abs/{link.removeprefix('arXiv:')}" if link.startswith("arXiv:") else link


def guides_of(record: Record) -> Mapping[Key, Guide]:
    """The values that the curves of ``record`` are to be seen against."""
    if record.recipe in SUMS:
        return {("discriminator", "adversarial"): Guide(2 * math.log(2), "2 ln 2 = 1.386: cannot tell")}
    if record.recipe in MEANS:
        return {("discriminator", "adversarial"): Guide(math.log(2), "ln 2 = 0.693: cannot tell")}
    return EQUILIBRIA.get(str(record.fields.get("loss")), {})


def differences(records: Sequence[Record]) -> dict[str, list[Any]]:
    """Recipe, seed and those fields that are not the same in all ``records``, each run's; None where it has none."""
    columns = [{"recipe": record.recipe, "seed of the run": record.seed, **record.fields} for record in records]
    names = dict.fromkeys(name for column in columns for name in column)
    rows = {name: [column.get(name) for column in columns] for name in names}
    return {name: values for name, values in rows.items() if any(value != values[0] for value in values)}


def _changed(fields: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (value, expected.get(name)) for name, value in fields.items() if value != expected.get(name)}
