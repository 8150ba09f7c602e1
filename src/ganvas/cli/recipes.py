"""``ganvas recipes``: what can be trained."""

from __future__ import annotations

from typing import Annotated

import typer


def recipes(
    name: Annotated[str | None, typer.Argument(help="A recipe, to see its settings and presets.")] = None,
) -> None:
    """List the systems that can be trained, or the settings and presets of one."""
    from rich.console import Console
    from rich.table import Table

    from ganvas.recipes import RECIPES, describe_settings, find

    console = Console()
    if name is None:
        table = Table("recipe", "paper", "presets", box=None)
        for recipe in RECIPES.values():
            table.add_row(recipe.name, f"{recipe.paper.authors} {recipe.paper.year}", ", ".join(recipe.presets))
        console.print(table)
        return
    recipe = find(RECIPES, name)
    console.print(f"{recipe.paper.title} ({recipe.paper.authors}, {recipe.paper.year}; {recipe.paper.link})\n")
    table = Table("setting", "default", box=None)
    for setting, default in describe_settings(recipe).items():
        table.add_row(setting, default)
    console.print(table)
    table = Table("preset", "what it changes", box=None)
    for preset, changes in recipe.presets.items():
        table.add_row(preset, ", ".join(f"{setting}={value}" for setting, value in changes.items()))
    console.print()
    console.print(table)
