"""``ganvas single evaluate``: how good what is made of one photo is; and what the photo of a task is read from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.progress import counting
from ganvas.cli.tables import print_table

if TYPE_CHECKING:
    from ganvas.single import Evaluation, Photo

Subject = Annotated[
    Path, typer.Argument(help="The model.safetensors of a trained photo; with --engine patches the photo.")
]
Engine = Annotated[
    Literal["trained", "patches"], typer.Option(help="patches: of the photo's patches, without training.")
]
MaxSize = Annotated[int, typer.Option(min=32, help="The photo's longer side with --engine patches, in pixels.")]


def chosen(subject: Path, engine: Literal["trained", "patches"], max_size: int) -> Photo:
    """The photo that ``engine`` reads from ``subject``; what is remarkable about it is said."""
    from ganvas import single

    if engine == "trained":
        return single.opened(subject)
    photo = single.patched(subject, max_size)
    for remark in photo.remarks:
        typer.echo(remark, err=True)
    return photo


def evaluate(
    model: Subject,
    samples: Annotated[int, typer.Option(min=2, help="How many random pictures are looked at.")] = 50,
    start_level: Annotated[int, typer.Option("--start-level", "--start", help="The first random level.")] = 0,
    seed: Annotated[int, typer.Option(help="Another seed gives other pictures.")] = 0,
    features: Annotated[
        Literal["inception", "vgg16-hed", "lite0"] | None,
        typer.Option(help="What SIFID is taken of [default: inception if its weights are here, else lite0]."),
    ] = None,
    layer: Annotated[
        Literal["code", "paper"], typer.Option(help="The features before the first pool, or the second.")
    ] = "code",
    json: Annotated[Path | None, typer.Option(help="Write every figure to this file.")] = None,
    engine: Engine = "trained",
    max_size: MaxSize = 250,
) -> None:
    """Measure how near to the photo samples are (SIFID), how various, and how well the photo itself is made."""
    from json import dumps

    from ganvas import single
    from ganvas.report.text import check_target, write_text

    if json is not None:
        check_target(json)
    photo, judge = chosen(model, engine, max_size), single.judge(features)
    with counting("samples") as progress:
        evaluation = single.evaluate(photo, judge, samples, start_level, seed, layer, progress)
    if json is not None:
        write_text(json, dumps(evaluation.as_json(), indent=2) + "\n")
    _print(model, evaluation)


def _print(subject: Path, evaluation: Evaluation) -> None:
    from rich.table import Table

    label, psnr, rmse = evaluation.sifid[0].label, evaluation.psnr, evaluation.rmse
    table = Table(label, "diversity", "PSNR (dB)", "RMSE", "s a sample", box=None)
    again = ["-" if value is None else f"{value:.2f}" for value in (psnr, rmse)]
    distance = f"{evaluation.mean:.4g} ± {evaluation.deviation:.2g}"
    table.add_row(distance, f"{evaluation.diversity:.3f}", *again, f"{evaluation.seconds:.2f}")
    print_table(table, evaluation.conditions(), f"{subject}:")
