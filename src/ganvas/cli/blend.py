"""``ganvas blend``: a model between two."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def blend(
    first: Annotated[str, typer.Argument(metavar="A", help="A bundled model or a file: the faithful one.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The same net, trained as a GAN.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, NAME.safetensors.")],
    alpha: Annotated[float, typer.Option(help="The share of B: 0 is A, 1 is B.")] = 0.5,
) -> None:
    """Blend two models of the same net into one: (1 - alpha) A + alpha B, weight by weight."""
    from ganvas.blending import blend

    card = blend(first, second, alpha, output)
    typer.echo(f"{output}: {card.blend}")
