"""A table of figures on the terminal, and below it what they were taken with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def print_table(table: Table, sentences: Iterable[str], title: str = "") -> None:
    """Prints the ``table`` below its ``title``, if it has one, and each of ``sentences`` on a line of its own."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    if title:
        console.print(title, markup=False)
    console.print(table)
    for sentence in sentences:
        console.print(sentence, markup=False)
