"""``ganvas models``: the bundled models and what is on their cards."""

from __future__ import annotations

from typing import Annotated

import typer


def models(
    name: Annotated[str | None, typer.Argument(help="A bundled model or a file, to print its card.")] = None,
) -> None:
    """List the bundled models and what engines run them, or print the card of one."""
    from rich.console import Console
    from rich.table import Table

    from ganvas.enhancement.model import ENHANCING
    from ganvas.weights import bundled, card_of

    console = Console()
    if name is not None:
        console.print_json(card_of(name).model_dump_json())
        return
    table = Table("model", "task", "scale", "parameters", "licence", "engines", box=None)
    for each in bundled():
        card = card_of(each)
        engines = "all" if card.task in ENHANCING and not card.looking else "torch"
        table.add_row(each, card.task, f"x{card.scale}", f"{card.parameters:,}", card.licence, engines)
    console.print(table)
