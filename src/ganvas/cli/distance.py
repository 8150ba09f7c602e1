"""``ganvas distance``: how far a set of pictures is from another, each figure with what it was taken with."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.tables import print_table

if TYPE_CHECKING:
    from ganvas.metrics.figure import Figure
    from ganvas.report.distances import Distances

Nets = Literal["inception", "lite0"]


class Chosen(StrEnum):
    """A metric; typer has no lists of a Literal."""

    FID = "fid"
    KID = "kid"
    IS = "is"
    SWD = "swd"


def distance(
    fakes: Annotated[Path, typer.Argument(help="Pictures to judge: a folder, with its subfolders, or a zip.")],
    reals: Annotated[
        Path, typer.Argument(help="Pictures that they should be like: the same, or an .npz of statistics for FID.")
    ],
    metric: Annotated[
        list[Chosen] | None, typer.Option(help="May be repeated [default: all that can be taken].")
    ] = None,
    features: Annotated[
        Nets | None,
        typer.Option(help="What sees the pictures [default: inception if its weights are here, else lite0]."),
    ] = None,
    weights: Annotated[Path | None, typer.Option(help="A file with the weights of these features.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=2, help="The most pictures of a set, evenly spread over their names.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the order, of KID's subsets, of SWD's patches.")] = 0,
    same_places: Annotated[
        bool, typer.Option("--same-places", help="SWD's patches at the same places of both sets: equal sets are 0.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    json: Annotated[Path | None, typer.Option(help="Write every figure to this file.")] = None,
    reference_cache: Annotated[
        Path | None, typer.Option(help="Where statistics of REALS are kept [default: in the cache].")
    ] = None,
) -> None:
    """Measure FID, KID, the Inception score and SWD of two sets of pictures; stand-ins for Inception are named."""
    from functools import partial

    from ganvas.cli.progress import counting
    from ganvas.enhancement.precision import choose
    from ganvas.report.distances import distances
    from ganvas.report.eye import eye_for
    from ganvas.report.text import check_target

    if json is not None:
        check_target(json)
    eye = partial(eye_for, features, weights, choose("fp32", device).device)
    # What was named is not left out in silence; a metric that was named says itself what it lacks.
    named = features is not None or weights is not None
    with counting("pictures") as progress:
        found = distances(
            fakes,
            reals,
            [each.value for each in metric] if metric else None,
            eye=eye() if named and not metric else eye,
            limit=limit,
            seed=seed,
            same_places=same_places,
            references=reference_cache,
            progress=progress,
        )
    if json is not None:
        found.store(json)
    _print(found)


def _print(found: Distances) -> None:
    from rich.table import Table

    table = Table("figure", "value", box=None)
    for figure in found.figures:
        table.add_row(figure.label, _value(figure))
    print_table(table, found.conditions())


def _value(figure: Figure) -> str:
    from ganvas.metrics.fid import Kid
    from ganvas.metrics.inception_score import InceptionScore
    from ganvas.metrics.sliced import Swd

    match figure:
        case Kid():
            return f"{figure.value:.5f}" + (f" ± {figure.deviation:.5f}" if figure.subsets > 1 else "")
        case Swd():
            return f"{figure.value:.2f} ({', '.join(f'{name}: {value:.2f}' for name, value in figure.levels.items())})"
        case InceptionScore():
            return f"{figure.value:.3f} ± {figure.deviation:.3f}"
        case _:
            return f"{figure.value:.4f}"
