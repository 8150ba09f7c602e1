"""``ganvas single``: what can be learnt from one photo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.cli.single_tasks import TASKS

single = typer.Typer(help="Learn one photo, and make others of it.", no_args_is_help=True, rich_markup_mode=None)


@single.callback()
def about() -> None:
    """Learn one photo, and make others of it."""


@single.command()
def train(
    photo: Annotated[Path, typer.Argument(help="The photo to learn.")],
    recipe: Annotated[str, typer.Option(help="singan or improved-singan, or a TOML file with it.")] = "singan",
    preset: Annotated[str | None, typer.Option(help="A preset of the recipe (`ganvas recipes singan`).")] = None,
    run: Annotated[Path | None, typer.Option(help="The run folder [default: runs/ and the photo's name].")] = None,
    max_size: Annotated[int | None, typer.Option(help="The longer side to learn at, in pixels.")] = None,
    set: Annotated[list[str] | None, typer.Option(help="A setting, key=value; may be repeated.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights and noise.")] = 0,
    save_every: Annotated[int, typer.Option(min=1, help="Rounds between snapshots.")] = 500,
    picture_every: Annotated[int, typer.Option(min=1, help="Rounds between pictures of the progress.")] = 500,
    log_every: Annotated[
        int | None, typer.Option(min=1, help="Rounds between lines of the log [default: 50, improved-singan: 25].")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Annotated[Literal["fp32", "bf16"], typer.Option(help="Arithmetic of the losses.")] = "fp32",
) -> None:
    """Train a pyramid of small nets on one photo; stop with Ctrl-C, go on with the same command."""
    from ganvas.cli.train import train as train_recipe
    from ganvas.images import probe
    from ganvas.recipes import resolve
    from ganvas.recipes.improved_singan import ImprovedSinGANRecipe
    from ganvas.recipes.singan import SinGANRecipe

    settings = [*(set or ()), *([f"max_size={max_size}"] if max_size is not None else ())]
    kinds = {kind.name: kind for kind in (SinGANRecipe, ImprovedSinGANRecipe)}
    settled = resolve(kinds, recipe, preset, settings)
    assert isinstance(settled, SinGANRecipe)
    width, height = probe(photo)
    levels = settled.ladder(height, width)
    rows, columns = levels.sizes[-1]
    need = f"about {settled.memory(levels) / 1e9:.1f} GB of memory at the finest"
    typer.echo(f"{columns} x {rows} pixels in {len(levels.sizes)} levels, {need}", err=True)
    folder = run or Path("runs") / photo.stem
    train_recipe(
        recipe,
        photo,
        folder,
        preset,
        settings,
        seed,
        save_every,
        picture_every,
        log_every or (25 if isinstance(settled, ImprovedSinGANRecipe) else 50),
        device,
        1,
        precision,
    )


for task in TASKS:
    single.command()(task)
