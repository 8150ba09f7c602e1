"""``ganvas train``: play a recipe into a run folder."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.cli.progress import watching


def train(
    recipe: Annotated[
        str, typer.Argument(help="A recipe (see `ganvas recipes`) or a TOML file with the key `recipe`.")
    ],
    data: Annotated[Path | None, typer.Option(help="What `ganvas prepare` wrote, or a folder of photos.")] = None,
    run: Annotated[Path | None, typer.Option(help="The run folder; an existing one is resumed.")] = None,
    preset: Annotated[str | None, typer.Option(help="A named variant of the recipe.")] = None,
    set: Annotated[list[str] | None, typer.Option(help="A setting, key=value; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights and noise.")] = 0,
    save_every: Annotated[int, typer.Option(min=1, help="Rounds between snapshots.")] = 500,
    picture_every: Annotated[int, typer.Option(min=1, help="Rounds between pictures of the progress.")] = 500,
    log_every: Annotated[int, typer.Option(min=1, help="Rounds between lines of the log.")] = 50,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    processes: Annotated[int, typer.Option(min=1, help="Processes that share each batch.")] = 1,
    precision: Annotated[Literal["fp32", "bf16"], typer.Option(help="Arithmetic of the losses.")] = "fp32",
) -> None:
    """Train a system on your own pictures; stop with Ctrl-C, go on with the same command.

    The run folder gets a log, snapshots to resume from, pictures of its progress, the model and a page, report.html.
    On several machines: torchrun --nnodes … --nproc-per-node … -m ganvas train …
    """
    from ganvas.cluster.run import train_and_show
    from ganvas.recipes import RECIPES, resolve
    from ganvas.report.levels import debug_of
    from ganvas.runs import Settings
    from ganvas.training import is_first, together

    with together():
        settled = resolve(RECIPES, recipe, preset, set or ())
        folder = run or Path("runs") / Path(recipe).stem
        settings = Settings(seed, save_every, log_every, device, processes, precision)
        debug = debug_of(folder, settled)
        shown = watching(debug.told if debug else None) if is_first() else nullcontext(lambda played: None)
        with shown as watch:
            path = train_and_show(folder, settled, data, settings, watch, picture_every)
    if is_first():
        typer.echo(path)
