"""``ganvas degrade``: what a photo looks like when it is spoilt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Kinds = Literal["motion", "frames", "haze", "low-resolution", "noise", "jpeg", "second-order"]


def degrade(
    photo: Annotated[Path, typer.Argument(help="A photo.")],
    kind: Annotated[
        Kinds, typer.Option("--with", help="What spoils it; frames: as the mean of a short film of it is blurred.")
    ],
    count: Annotated[int, typer.Option(min=1, max=99, help="How many versions to show.")] = 6,
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws other versions.")] = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The picture to write [default: PHOTO-KIND.png].")
    ] = None,
    depth: Annotated[
        Path | None, typer.Option(help="For haze: a picture of the photo's size, brighter where it is farther.")
    ] = None,
) -> None:
    """Show a photo beside spoilt versions of it, each with its parameters, in one picture."""
    from ganvas.images import check_target, read, write
    from ganvas.report.spoilt import SpoiltError, spoilt_sheet

    picture, distance = read(photo), None if depth is None else read(depth)
    target = output or photo.with_name(f"{photo.stem}-{kind}.png")
    check_target(target, 1, 1)
    if any(target.exists() and target.samefile(source) for source in (photo, depth) if source):
        raise SpoiltError(f"{target} is what was read: name another file to write")
    write(spoilt_sheet(picture, kind, count, seed, distance), target)
    typer.echo(str(target))
