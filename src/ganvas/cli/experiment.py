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
            " for digit-pooling the folder of MNIST's files; for pix2pix-... a folder of pairs; not for ring."
        ),
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option(
            help="A folder of good pictures to measure on, for pix2pix-... of pairs; not for improved-singan,"
            " digit-pooling and ring."
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
    from ganvas.experiments import DEMONSTRATIONS, SITES, find
    from ganvas.experiments.play import Place
    from ganvas.experiments.report import conduct

    if name in SITES:
        _site(name, preset, data, test, output, runs, device)
        return
    if name in DEMONSTRATIONS:
        _demonstration(name, preset, data, test, output)
        return
    given = {option: path for option, path in (("data", data), ("test", test)) if path is not None}
    command = _command(name, {"preset": preset, **given, "output": output, "runs": runs, "device": device})
    result, page = conduct(find(name), preset, Place(data, runs, device), test, output, command, _playing)
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


def _demonstration(name: str, preset: Presets, data: Path | None, test: Path | None, output: Path) -> None:
    from ganvas.experiments import DEMONSTRATIONS, ExperimentError
    from ganvas.experiments.lab import conduct

    if test is not None:
        raise ExperimentError(f"the experiment {name} is not measured on pictures: leave out --test")
    given = {} if data is None else {"data": data}
    command = _command(name, {"preset": preset, **given, "output": output})
    shown, page = conduct(DEMONSTRATIONS[name], preset, output, command, _playing, data)
    typer.echo(f"{shown.verdict.agrees}: {shown.verdict.why}")
    typer.echo(page)


def _command(name: str, options: Mapping[str, object]) -> str:
    """What the user can type to have the same again."""
    words = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    return shlex.join(["ganvas", "experiment", name, *words])


def _list() -> None:
    from rich.console import Console
    from rich.table import Table

    from ganvas.experiments import DEMONSTRATIONS, EXPERIMENTS, SITES

    table = Table("experiment", "claim", box=None)
    claims = {name: each.claim for name, each in {**EXPERIMENTS, **DEMONSTRATIONS}.items()}
    for row in {**claims, **SITES}.items():
        table.add_row(*row)
    Console().print(table)


@contextmanager
def _playing(title: str) -> Generator[Watch]:
    from ganvas.cli.progress import watching

    typer.echo(title, err=True)
    with watching() as watch:
        yield watch
