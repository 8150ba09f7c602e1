"""``ganvas sweep``: a recipe with every combination of some settings, and a table of what became of them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ganvas.runs import Watch


def sweep(
    recipe: Annotated[
        str, typer.Argument(help="A recipe (see `ganvas recipes`) or a TOML file with the key `recipe`.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the runs; one that exists goes on.")],
    data: Annotated[Path | None, typer.Option(help="What `ganvas prepare` wrote, or a folder of photos.")] = None,
    preset: Annotated[str | None, typer.Option(help="A named variant of the recipe.")] = None,
    set: Annotated[list[str] | None, typer.Option(help="A setting and its values, key=a,b,c; may be repeated.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each combination, with seeds from 0 on.")] = 1,
    on: Annotated[
        str | None,
        typer.Option(
            help="ray, for this machine, or ray://HOST:PORT: runs side by side, a processor each (pip install"
            " 'ganvas[cluster]') [default: one after another]."
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="With --on ray, processors of this machine.")] = None,
    save_every: Annotated[int, typer.Option(min=1, help="Rounds between snapshots.")] = 500,
    picture_every: Annotated[int, typer.Option(min=1, help="Rounds between pictures of the progress.")] = 500,
    log_every: Annotated[int, typer.Option(min=1, help="Rounds between lines of the log.")] = 50,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Annotated[Literal["fp32", "bf16"], typer.Option(help="Arithmetic of the losses.")] = "fp32",
) -> None:
    """Train a recipe with all combinations of some settings, and compare what became of them.

    Each run has its folder below the output; finished ones are not played again, stopped ones gone on with. In the end
    there are table.md and table.json with the last figures of each, and comparison.html.
    """
    from ganvas.cluster.sweep import Play, begin, cells, is_finished, one_after_another
    from ganvas.cluster.table import write_table
    from ganvas.runs import StoppedError

    found = cells(recipe, preset, set or (), seeds, output)
    settings = {"save_every": save_every, "log_every": log_every, "device": device, "precision": precision}
    play = Play(data, settings, picture_every)
    begin(output, found[0].recipe.name, data)
    todo = [cell for cell in found if not is_finished(cell)]
    if len(todo) < len(found):
        typer.echo(f"{len(found) - len(todo)} of {len(found)} runs are finished already", err=True)
    failures: dict[Path, str] = {}
    try:
        if on is None:
            ended = one_after_another(todo, play, _playing)
        else:
            from ganvas.cluster.tasks import side_by_side

            ended = side_by_side(todo, play, on, workers)
        with closing(ended):
            for cell, failure in ended:
                if on is not None:
                    typer.echo(f"{cell.folder.name}: {failure or 'finished'}", err=True)
                if failure is not None:
                    failures[cell.folder] = failure
    except (StoppedError, KeyboardInterrupt):
        write_table(output, found, failures)
        typer.echo("ganvas: stopped and saved: the same command goes on from there", err=True)
        raise typer.Exit(130) from None
    text, page = write_table(output, found, failures)
    typer.echo(text)
    typer.echo(page or output / "table.md")
    for folder, failure in failures.items():
        typer.echo(f"ganvas: {folder}: {failure}", err=True)
    if failures:
        raise typer.Exit(1)


@contextmanager
def _playing(title: str) -> Generator[Watch]:
    from ganvas.cli.progress import watching

    typer.echo(title, err=True)
    with watching() as watch:
        yield watch
