"""``ganvas experiment``: a claim tried, and the page that says whether it holds."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Mapping
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
    data: Annotated[
        Path | None,
        typer.Option(
            help="What `ganvas prepare` wrote, or a folder of photos; for improved-singan one photo too;"
            " for digit-pooling the folder of MNIST's files; for pix2pix-... a folder of pairs."
        ),
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option(
            help="A folder of good pictures to measure on, for pix2pix-... of pairs; not for improved-singan and"
            " digit-pooling."
        ),
    ] = None,
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
    from ganvas.experiments import SITES, ExperimentError, find
    from ganvas.experiments.experiment import NEEDS
    from ganvas.experiments.play import Place
    from ganvas.experiments.report import conduct

    if name in SITES:
        _site(name, preset, data, test, output, runs, device)
        return
    found = find(name)
    if data is None:
        raise ExperimentError(f"the experiment {name} needs {NEEDS[found.measured_on]}")
    tested = {} if test is None else {"test": test}
    options = {"preset": preset, "data": data, **tested, "output": output, "runs": runs, "device": device}
    command = _command(name, options)
    result, page = conduct(found, preset, Place(data, runs, device), test, output, command, _playing)
    typer.echo(f"{result.verdict.agrees}: {result.verdict.why}")
    typer.echo(page)


def _site(
    name: str, preset: Presets, data: Path | None, test: Path | None, output: Path, runs: Path, device: str
) -> None:
    from ganvas.experiments import ExperimentError
    from ganvas.experiments.improved_singan import conduct

    if data is None or test is not None:
        raise ExperimentError(f"the experiment {name} needs --data with a folder of photos or one photo, and no --test")
    options = {"preset": preset, "data": data, "output": output, "runs": runs, "device": device}
    typer.echo(conduct(preset, data, output, runs, device, _command(name, options), _playing)[1])


def _command(name: str, options: Mapping[str, object]) -> str:
    """What the user can type to have the same again."""
    words = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    return shlex.join(["ganvas", "experiment", name, *words])


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from ganvas.experiments import EXPERIMENTS, SITES

    table = Table("experiment", "claim", box=None)
    claims = {name: each.claim for name, each in EXPERIMENTS.items()}
    for row in {**claims, **SITES}.items():
        table.add_row(*row)
    Console().print(table)


@contextmanager
def _playing(title: str) -> Generator[Watch]:
    from ganvas.cli.progress import watching

    typer.echo(title, err=True)
    with watching() as watch:
        yield watch
