"""``ganvas prepare``: photos in, training crops out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SHOWN = 20


def prepare(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTOS...", help="Folders of photos, with their subfolders, or files.")
    ],
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The folder of the crops; one that was begun is gone on with.")
    ],
    size: Annotated[int, typer.Option(help="Side of a crop in pixels.")] = 256,
    density: Annotated[float, typer.Option(help="Pixels to cut for each pixel of a photo.")] = 1.0,
    max_per_scale: Annotated[int, typer.Option(help="Most crops of a photo at one reduction.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of the crops' places.")] = 0,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; as many as processors if not given.")] = None,
    linear_light: Annotated[
        bool, typer.Option("--linear-light", help="Reduce by averaging light, not by bicubic.")
    ] = False,
    camera: Annotated[
        list[str] | None,
        typer.Option(help="A noisy camera's EXIF model or pattern: its photos are halved; may be repeated."),
    ] = None,
    least_reduction: Annotated[
        int, typer.Option(help="Leave out reductions below this; 2 leaves out photos at full size.")
    ] = 1,
    prefix: Annotated[str, typer.Option(help="What the names of the PNG files start with.")] = "",
    max_pixels: Annotated[int, typer.Option(help="Skip photos with more pixels than this.")] = 200_000_000,
) -> None:
    """Cut photos into random crops at several reductions; stop with Ctrl-C, go on with the same command."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from ganvas.data import prepare as preparing

    settings = preparing.Settings(
        size, density, max_per_scale, seed, linear_light, tuple(camera or ()), prefix, max_pixels, least_reduction
    )
    columns = (TextColumn("photos"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("photos", visible=False)
        prepared = preparing.prepare(
            photos,
            out,
            settings,
            workers=workers or preparing.available(),
            watch=lambda done, total: progress.update(task, completed=done, total=total, visible=True),
        )
    for skipped in prepared.skipped[:SHOWN]:
        typer.echo(f"skipped: {skipped.name} {skipped.reason}", err=True)
    if len(prepared.skipped) > SHOWN:
        typer.echo(f"... and {len(prepared.skipped) - SHOWN} more", err=True)
    plural = "" if prepared.photos == 1 else "s"
    note = f"; {len(prepared.skipped)} skipped, listed in {out / 'skipped.jsonl'}" if prepared.skipped else ""
    typer.echo(f"{out}: {prepared.crops} crops of {size} x {size} from {prepared.photos} photo{plural}{note}")
