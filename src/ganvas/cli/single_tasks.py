"""``ganvas single``: what a trained photo can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.progress import counting, watching
from ganvas.cli.single_evaluate import Engine, MaxSize, Subject, chosen, evaluate

if TYPE_CHECKING:
    from ganvas.images import Picture
    from ganvas.nets.pyramid import Pyramid
    from ganvas.single import Photo

Model = Annotated[Path, typer.Argument(help="The model.safetensors of a trained photo.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")]
Seed = Annotated[int, typer.Option(help="Another seed gives another result.")]
Mask = Annotated[Path | None, typer.Option(help="White where to work [default: where the picture differs].")]
Level = Annotated[
    int | None, typer.Option(help="Where the picture enters, from 1, with patches from 0; lower is freer.")
]


def sample(
    model: Subject,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder for the pictures.")],
    count: Annotated[int, typer.Option(min=1, help="How many pictures.")] = 6,
    start_level: Annotated[int, typer.Option(help="The first random level; a higher one stays nearer.")] = 0,
    width: Annotated[int | None, typer.Option(min=1, help="In pixels [default: the photo's].")] = None,
    height: Annotated[int | None, typer.Option(min=1, help="In pixels [default: the photo's].")] = None,
    scale_v: Annotated[float, typer.Option(help="Times the height of the photo, instead of pixels.")] = 1.0,
    scale_h: Annotated[float, typer.Option(help="Times the width of the photo, instead of pixels.")] = 1.0,
    seed: Seed = 0,
    engine: Engine = "trained",
    max_size: MaxSize = 250,
) -> None:
    """Make random pictures like the photo, of any size."""
    from ganvas import single

    photo, scale = chosen(model, engine, max_size), (scale_v, scale_h)
    with counting("pictures") as progress:
        pictures = single.sample(
            photo, count, start_level, seed, scale=scale, width=width, height=height, progress=progress
        )
    output.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures, 1):
        _write(picture, output / f"sample-{number:03d}.png")


def enlarge(
    model: Model,
    output: Output,
    scale: Annotated[float, typer.Option(help="Times the sides grow, up to 16.")] = 4.0,
    regions: Annotated[
        bool, typer.Option("--regions", help="Blend in coarser levels, by the detail there is.")
    ] = False,
    seed: Seed = 0,
    no_guard: Annotated[bool, typer.Option("--no-guard", help="Keep a result that no longer looks like it.")] = False,
) -> None:
    """Enlarge the photo; train it with --preset enlarge."""
    from ganvas import single
    from ganvas.enhancement.guard import check
    from ganvas.single.enlarging import enlarge_by_region

    pyramid, make = single.opened(model), enlarge_by_region if regions else single.enlarge
    picture = make(pyramid, scale, seed)
    if not no_guard:
        advice = "train with --preset enlarge, give a smaller --scale, or --no-guard to see it"
        check(single.learnt(pyramid), picture, advice=advice)
    _write(picture, output)


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
    model: Subject,
    picture: Annotated[Path, typer.Argument(help="The photo, roughly edited.")],
    output: Output,
    mask: Mask = None,
    level: Level = None,
    seed: Seed = 0,
    engine: Engine = "trained",
    max_size: MaxSize = 250,
) -> None:
    """Make a rough edit of the photo natural; what the levels made of all of it is written beside."""
    from ganvas import single
    from ganvas.images import read

    photo = chosen(model, engine, max_size)
    blend = single.edit(photo, read(picture), None if mask is None else read(mask), level, seed)
    _write(blend.picture, output)
    _write(blend.raw, output.with_name(f"{output.stem}-raw{output.suffix}"))


def harmonise(
    model: Subject,
    picture: Annotated[Path, typer.Argument(help="The photo with something pasted into it.")],
    output: Output,
    mask: Mask = None,
    level: Level = None,
    seed: Seed = 0,
    engine: Engine = "trained",
    max_size: MaxSize = 250,
) -> None:
    """Give a pasted thing the look of the photo."""
    from ganvas import single
    from ganvas.images import read

    photo = chosen(model, engine, max_size)
    blend = single.harmonise(photo, read(picture), None if mask is None else read(mask), level, seed)
    _write(blend.picture, output)


def paint(
    model: Subject,
    picture: Annotated[Path, typer.Argument(help="A painting, of a few plain colours.")],
    output: Output,
    level: Level = None,
    quantise: Annotated[Literal["rgb", "official"] | None, typer.Option(help="Take the photo's main colours.")] = None,
    retrain: Annotated[
        int | None, typer.Option(min=1, help="Teach the level such colours first, for so many rounds (rgb by default).")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Keep what --retrain made as a model of its own.")] = None,
    seed: Seed = 0,
    engine: Engine = "trained",
    max_size: MaxSize = 250,
) -> None:
    """Turn a painting into a photo like the one that was learnt."""
    from ganvas import single
    from ganvas.images import check_target, read

    photo, painting = chosen(model, engine, max_size), read(picture)
    check_target(output, *photo.sizes[-1])
    if retrain is not None:
        level, quantise = 1 if level is None else level, quantise or "rgb"
        photo = _retrained(photo, model, level, retrain, quantise, seed, save)
    elif save is not None:
        raise single.SingleError("--save keeps what --retrain made: give the rounds of that too")
    _write(single.paint(photo, painting, level, seed, quantise=quantise), output)


def _retrained(
    photo: Photo,
    model: Path,
    level: int,
    rounds: int,
    quantise: Literal["rgb", "official"],
    seed: int,
    save: Path | None,
) -> Pyramid:
    """``photo`` with ``level`` anew; it is also stored in ``save``, which is looked at before the work."""
    from ganvas import single
    from ganvas.single import retraining

    if isinstance(photo, single.Patched):
        raise single.SingleError("--retrain teaches a level, and the engine patches learns nothing: leave one of them")
    if save is not None:
        retraining.check(save)
    with watching() as watch:
        taught = single.retrained(photo, single.recipe_of(model), level, rounds, quantise, seed, watch)
    if save is not None:
        retraining.keep(save, taught, model, level, rounds, quantise)
        typer.echo(save)
    return taught


TASKS = (sample, enlarge, animate, edit, harmonise, paint, evaluate)


def _write(picture: Picture, target: Path) -> None:
    """Writes ``picture``, says where, and what is remarkable about it."""
    from ganvas.images import write

    for remark in (*picture.remarks, *write(picture, target)):
        typer.echo(remark, err=True)
    typer.echo(target)
