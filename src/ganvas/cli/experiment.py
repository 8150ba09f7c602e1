"""``ganvas experiment``: a claim tried, and the page that says whether it holds."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ganvas.runs import Watch

Presets = Literal["smoke", "small", "full"]


def experiment(
    name: Annotated[str, typer.Argument(metavar="NAME|list", help="An experiment, or `list` to see them all.")],
    preset: Annotated[
        Presets, typer.Option(help="smoke: seconds; small: half an hour on two cores; full: days.")
    ] = "small",
    data: Annotated[Path | None, typer.Option(help="What `ganvas prepare` wrote, or a folder of photos.")] = None,
    test: Annotated[Path | None, typer.Option(help="A folder of good pictures to measure on.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of the page and its figures.")] = Path(
        "experiments"
    ),
    runs: Annotated[Path, typer.Option(help="Where the runs are kept; what was played is not played again.")] = Path(
        "runs/experiments"
    ),
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "cpu",
) -> None:
    """Try a claim of a paper: play what it compares, measure, write a page; stop with Ctrl-C, go on likewise."""
    if name == "list":
        _list()
        return
    from ganvas.experiments import ExperimentError, find
    from ganvas.experiments.play import Place
    from ganvas.experiments.report import conduct

    found = find(name)
    if data is None or test is None:
        raise ExperimentError(f"the experiment {name} needs --data with crops and --test with a folder of pictures")
    options = {"preset": preset, "data": data, "test": test, "output": output, "runs": runs, "device": device}
    words = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    command = shlex.join(["ganvas", "experiment", name, *words])
    result, page = conduct(found, preset, Place(data, runs, device), test, output, command, _playing)
    typer.echo(f"{result.verdict.agrees}: {result.verdict.why}")
    typer.echo(page)


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from ganvas.experiments import EXPERIMENTS

    table = Table("experiment", "claim", box=None)
    for each in EXPERIMENTS.values():
        table.add_row(each.name, each.claim)
    Console().print(table)


@contextmanager
def _playing(title: str) -> Generator[Watch]:
    from ganvas.cli.progress import watching

    typer.echo(title, err=True)
    with watching() as watch:
        yield watch
