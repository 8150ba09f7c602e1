"""``ganvas single``: what a trained photo can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ganvas.images import Picture

Model = Annotated[Path, typer.Argument(help="The model.safetensors of a trained photo.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")]
Seed = Annotated[int, typer.Option(help="Another seed gives another result.")]
Mask = Annotated[Path | None, typer.Option(help="White where to work [default: where the picture differs].")]
Level = Annotated[int | None, typer.Option(help="Where the picture enters, from 1; lower is freer.")]


def sample(
    model: Model,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for the pictures.")],
    count: Annotated[int, typer.Option(min=1, help="How many pictures.")] = 6,
    start_level: Annotated[int, typer.Option(help="The first random level; a higher one stays nearer.")] = 0,
    width: Annotated[int | None, typer.Option(min=1, help="In pixels [default: the photo's].")] = None,
    height: Annotated[int | None, typer.Option(min=1, help="In pixels [default: the photo's].")] = None,
    seed: Seed = 0,
) -> None:
    """Make random pictures like the photo, of any size."""
    from ganvas import single

    pictures = single.sample(single.opened(model), count, start_level, seed, width=width, height=height)
    output.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, 1):
        _write(picture, output / f"sample-{number:03d}.png")


def enlarge(
    model: Model,
    output: Output,
    scale: Annotated[float, typer.Option(help="Times the sides grow, up to 16.")] = 4.0,
    seed: Seed = 0,
) -> None:
    """Enlarge the photo; train it with --preset enlarge."""
    from ganvas import single

    _write(single.enlarge(single.opened(model), scale, seed), output)


def animate(
    model: Model,
    output: Annotated[Path, typer.Option("--output", "-o", help="A .gif, or an .mp4 (extra video).")],
    start_level: Annotated[int, typer.Option(help="The first level that moves; a lower one moves more.")] = 0,
    alpha: Annotated[float, typer.Option(help="0 to 1: the pull back to the photo.")] = 0.1,
    beta: Annotated[float, typer.Option(help="0 to 1: how smoothly it moves.")] = 0.9,
    frames: Annotated[int, typer.Option(min=1, help="How many frames, ten a second.")] = 100,
    seed: Seed = 0,
) -> None:
    """Set the photo in motion; train it with --preset animation."""
    from ganvas import single
    from ganvas.single.film import check

    check(output)
    single.save(single.animate(single.opened(model), frames, start_level, alpha, beta, seed), output)
    typer.echo(output)


def edit(
    model: Model,
    picture: Annotated[Path, typer.Argument(help="The photo, roughly edited.")],
    output: Output,
    mask: Mask = None,
    level: Level = None,
    seed: Seed = 0,
) -> None:
    """Make a rough edit of the photo natural; what the levels made of all of it is written beside."""
    from ganvas import single
    from ganvas.images import read

    blend = single.edit(single.opened(model), read(picture), None if mask is None else read(mask), level, seed)
    _write(blend.picture, output)
    _write(blend.raw, output.with_name(f"{output.stem}-raw{output.suffix}"))


def harmonise(
    model: Model,
    picture: Annotated[Path, typer.Argument(help="The photo with something pasted into it.")],
    output: Output,
    mask: Mask = None,
    level: Level = None,
    seed: Seed = 0,
) -> None:
    """Give a pasted thing the look of the photo."""
    from ganvas import single
    from ganvas.images import read

    blend = single.harmonise(single.opened(model), read(picture), None if mask is None else read(mask), level, seed)
    _write(blend.picture, output)


def paint(
    model: Model,
    picture: Annotated[Path, typer.Argument(help="A painting, of a few plain colours.")],
    output: Output,
    level: Annotated[int, typer.Option(help="Where the painting enters, from 1; lower is freer.")] = 1,
    quantise: Annotated[Literal["rgb", "official"] | None, typer.Option(help="Take the photo's main colours.")] = None,
    seed: Seed = 0,
) -> None:
    """Turn a painting into a photo like the one that was learnt."""
    from ganvas import single
    from ganvas.images import read

    _write(single.paint(single.opened(model), read(picture), level, seed, quantise=quantise), output)


TASKS = (sample, enlarge, animate, edit, harmonise, paint)


def _write(picture: Picture, target: Path) -> None:
    """Writes ``picture``, says where, and what is remarkable about it."""
    from ganvas.images import write

    for remark in (*picture.remarks, *write(picture, target)):
        typer.echo(remark, err=True)
    typer.echo(target)
