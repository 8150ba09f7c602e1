"""``ganvas latent brush``: paint on a picture, and have the generator make the rest fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.latent_edits import Model, Seed, Sheet, ready, written
from ganvas.latent import DEFAULT

if TYPE_CHECKING:
    import torch

    from ganvas.latent.inversion import Hold
    from ganvas.latent.model import Generator


def brush(
    stroke: Annotated[Path, typer.Argument(help="A picture of what is painted, transparent elsewhere.")],
    output: Sheet,
    mask: Annotated[Path | None, typer.Option(help="Instead of transparency: white where it is painted.")] = None,
    kind: Annotated[
        Literal["colour", "shape", "both"], typer.Option(help="Whether its colours are asked for, its edges, or both.")
    ] = "colour",
    picture: Annotated[Path | None, typer.Option(help="What is painted on [default: one of the model's own].")] = None,
    scratch: Annotated[bool, typer.Option("--scratch", help="Paint on nothing: any picture with the stroke.")] = False,
    model: Model = DEFAULT,
    steps: Annotated[int, typer.Option(min=1, help="Steps of each of the 32 codes that are tried.")] = 25,
    nearness: Annotated[float, typer.Option(min=0, help="How much it counts to stay near.")] = 5.0,
    best: Annotated[int, typer.Option(min=1, max=32, help="How many results are shown.")] = 8,
    seed: Seed = 0,
) -> None:
    """Paint colours or edges on a picture; the rest of it changes so that it fits."""
    import torch

    from ganvas.latent.brush import brush as brushed
    from ganvas.latent.brush import stroke_of
    from ganvas.latent.model import LatentError, opened
    from ganvas.latent.sheet import Row

    ready(output)
    if scratch and picture is not None:
        raise LatentError("a picture is painted on, or nothing: leave --picture or --scratch")
    generator = opened(model)
    painted = stroke_of(stroke, generator, mask, colour=kind != "shape", shape=kind != "colour")
    hold: Hold = "range" if generator.prior == "uniform" else "none"
    start = None if scratch else _start(generator, picture, hold, seed)
    edit = brushed(generator, painted, start, steps=steps, best=best, nearness=nearness, hold=hold, seed=seed)
    seen = painted.image * painted.where + 0.25 * (1 - painted.where)
    with torch.no_grad():
        made = generator(edit.codes)
        rows = [Row("the stroke", seen)]
        if start is not None:
            before = generator(start[None])
            rows = [Row("the picture, and what is painted on it", torch.cat([before, seen]))]
            rows += [Row("from the one to the best of the others", generator(edit.morph(best)))]
        rows.append(Row("the nearest to the stroke first", made))
    written(rows, output)
    told = f"the stroke is missed by {painted.cost(made[:1]).item():.3f}"
    if start is not None:
        told += f", before by {painted.cost(generator(start[None])).item():.3f}"
    typer.echo(f"{told} (mean square over what is painted, on the range -1 to 1)")


def _start(generator: Generator, picture: Path | None, hold: Hold, seed: int) -> torch.Tensor:
    """The code of what is painted on: of ``picture`` the one that shows it best."""
    from ganvas.latent.inversion import Descent, invert
    from ganvas.latent.model import fitted
    from ganvas.latent.operators import full

    if picture is None:
        return generator.sample(1, seed)[0]
    descent = Descent(300, 0.05, falling=True, hold=hold)
    found = invert(generator, fitted(picture, generator), full(generator.shape), descent=descent, starts=8, seed=seed)
    return found.codes[0]
