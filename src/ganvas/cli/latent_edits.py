"""``ganvas latent walk``, ``arithmetic``, ``boundary`` and ``edit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.latent import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from ganvas.latent.attributes import Scores
    from ganvas.latent.boundaries import Boundary
    from ganvas.latent.model import Generator
    from ganvas.latent.sheet import Row

Model = Annotated[str, typer.Option(help="A bundled generator or a model's file.")]
Sheet = Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed gives other codes.")]
Classifier = Annotated[
    Path | None, typer.Option(help="The model of a classifier of digits, for the attributes class-0 to class-9.")
]
Names = "slant, stroke, size, ink; with --classifier class-0 to class-9"


def walk(
    output: Annotated[Path, typer.Option("--output", "-o", help="A picture, or a film: .gif, or .mp4 (extra video).")],
    model: Model = DEFAULT,
    codes: Annotated[int, typer.Option(min=2, help="Codes to walk through.")] = 9,
    steps: Annotated[int, typer.Option(min=2, help="Steps from one to the next.")] = 9,
    way: Annotated[
        Literal["linear", "spherical"] | None, typer.Option(help="[default: linear where codes are uniform]")
    ] = None,
    norms: Annotated[bool, typer.Option("--norms", help="Let the norm too go evenly from code to code.")] = False,
    smooth: Annotated[
        float | None, typer.Option(min=0.5, help="ProGAN's walk instead: random codes, smoothed over so many frames.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Walk from code to code: a row a leg, or a film that loops."""
    from ganvas.latent import walk as walking
    from ganvas.latent.model import opened
    from ganvas.latent.sheet import Row, frames
    from ganvas.single import film

    moving = output.suffix.lower() in (".gif", ".mp4")
    if moving:
        film.check(output)
    else:
        ready(output)
    generator = opened(model)
    taken = way or walking.way_for(generator.prior)
    if smooth is not None:
        path = walking.smoothed(generator, codes * steps, seed, sigma=smooth)
    else:
        path = walking.chain(generator.sample(codes, seed), steps, taken, closed=moving, norms=norms)
    images = generator(path)
    if moving:
        film.save(frames(images), output)
        typer.echo(output)
    elif smooth is not None:
        written([Row("", each) for each in images.split(steps)], output)
    else:
        written([Row(f"leg {k}", each) for k, each in enumerate(walking.legs(images, steps), 1)], output)
    step, apart = walking.speeds(images), walking.speeds(generator(generator.sample(64, seed + 1)))
    typer.echo(
        f"{'smoothed' if smooth is not None else taken}: a step changes the picture by {step.mean():.2f} (the largest"
        f" {walking.evenness(images):.1f} times the median), two random codes by {apart.mean():.2f}"
    )


def arithmetic(
    output: Sheet,
    model: Model = DEFAULT,
    plus: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What is added, such as stroke=high,slant=low; may be repeated. Of {Names}"
            " [default: heavy upright - light upright + light slanted]."
        ),
    ] = None,
    minus: Annotated[list[str] | None, typer.Option(help="What is taken away; may be repeated.")] = None,
    noise: Annotated[float, typer.Option(min=0, help="Of the pictures around the result, in each component.")] = 0.25,
    exemplars: Annotated[int, typer.Option(min=1, help="Codes that each term is the mean of.")] = 3,
    count: Annotated[int, typer.Option(min=10, help="Codes to choose the exemplars from.")] = 2000,
    classifier: Classifier = None,
    seed: Seed = 0,
) -> None:
    """Add and subtract means of codes: heavy - light + light slanted = heavy slanted."""
    import torch

    from ganvas.latent import arithmetic as sums
    from ganvas.latent.attributes import chosen, measured, phrase, scores_of, summary
    from ganvas.latent.model import opened
    from ganvas.latent.sheet import Row

    ready(output)
    if not plus and not minus:
        plus, minus = ["stroke=high,slant=low", "stroke=low,slant=high"], ["stroke=low,slant=low"]
    terms = [("+", sums.parsed(text)) for text in plus or ()] + [("-", sums.parsed(text)) for text in minus or ()]
    scores = chosen([name for _, wanted in terms for name in wanted], classifier)
    generator = opened(model)
    codes, values = measured(generator, scores, count, seed)
    found = [(sign, wanted, sums.exemplars(codes, values, wanted, exemplars)) for sign, wanted in terms]
    result = sums.arithmetic(
        generator,
        [each for sign, _, each in found if sign == "+"],
        [each for sign, _, each in found if sign == "-"],
        noise=noise,
        seed=seed,
    )
    images = generator(result)
    rows = [
        Row(f"{sign} {sums.named(wanted)}; right, of the mean", generator(torch.cat([each, each.mean(0)[None]])))
        for sign, wanted, each in found
    ]
    rows += [Row("=, the sum in the middle" if not number else "", each) for number, each in enumerate(images.split(3))]
    written(rows, output)
    for name, made in scores_of(images, scores).items():
        mean, spread = summary(values[name])
        typer.echo(f"{name}: {phrase(name, summary(made)[0])}; of all codes {phrase(name, mean)} ± {spread:.2g}")


def boundary(
    output: Sheet,
    attribute: Annotated[
        list[str] | None, typer.Option("--attribute", "-a", help=f"{Names}; may be repeated [default: the first four].")
    ] = None,
    model: Model = DEFAULT,
    save: Annotated[
        Path | None, typer.Option(help="Where the boundaries are kept [default: beside the picture, .safetensors].")
    ] = None,
    count: Annotated[int, typer.Option(min=20, help="Codes to be measured.")] = 6000,
    ratio: Annotated[float, typer.Option(help="The share of them on each side, or a count.")] = 0.1,
    classifier: Classifier = None,
    seed: Seed = 0,
) -> None:
    """Find the boundaries of attributes among codes, by a linear SVM (extra latent)."""
    from ganvas.latent import boundaries, kept
    from ganvas.latent.attributes import MEASURED, chosen, measured
    from ganvas.latent.model import opened
    from ganvas.latent.sheet import Row

    ready(output)
    target = save or output.with_suffix(".safetensors")
    kept.check(target)
    scores = chosen(attribute or list(MEASURED), classifier)
    generator = opened(model)
    codes, values = measured(generator, scores, count, seed)
    found = {name: boundaries.fit(codes, values[name], ratio, seed=seed) for name in scores}
    boundaries.keep(target, found, model)
    rows = list[Row]()
    for name, each in found.items():
        moved = boundaries.edited(generator.sample(1, seed + 1), each.normal, steps=9)[0]
        rows.append(Row(f"{name}, from -3 to 3", generator(moved)))
    written(rows, output)
    typer.echo(target)
    for name, each in found.items():
        typer.echo(f"{name}: {each.validation:.1%} right of the held-out extremes, {each.remaining:.1%} of the rest")
    normals = {name: each.normal for name, each in found.items()}
    _matrix("cosines", found, boundaries.cosines(list(normals.values())))
    _matrix("correlations", found, boundaries.correlations([values[name] for name in found]))
    shift = boundaries.rescoring(generator, normals, scores, count=min(count, 1000), seed=seed + 2)
    _matrix("moved by 3, in standard deviations", found, shift)


def edit(
    output: Sheet,
    attribute: Annotated[str, typer.Option("--attribute", "-a", help=f"What changes: {Names}.")] = "stroke",
    keep: Annotated[list[str] | None, typer.Option(help="What shall stay; may be repeated.")] = None,
    model: Model = DEFAULT,
    boundaries: Annotated[
        Path | None, typer.Option(help="What `ganvas latent boundary` kept [default: found anew].")
    ] = None,
    pictures: Annotated[int, typer.Option(min=1, help="How many codes are edited.")] = 3,
    reach: Annotated[float, typer.Option(min=0.1, help="How far from the boundary it goes, each way.")] = 3.0,
    steps: Annotated[int, typer.Option(min=2, help="Pictures in a row.")] = 9,
    classifier: Classifier = None,
    seed: Seed = 0,
) -> None:
    """Change one attribute of generated pictures, and keep others: a row a code."""
    from ganvas.latent import boundaries as fitting
    from ganvas.latent.attributes import chosen, phrase, scores_of, summary
    from ganvas.latent.model import LatentError, opened
    from ganvas.latent.sheet import Row

    ready(output)
    kept = list(dict.fromkeys(keep or ()))
    if attribute in kept:
        raise LatentError(f"{attribute} is to change and to stay: leave --keep {attribute}")
    scores, generator = chosen([attribute, *kept], classifier), opened(model)
    known = _boundaries(boundaries, scores, generator, seed)
    codes = generator.sample(max(pictures, 200), seed + 1)
    rows, told = list[Row](), list[str]()
    for conditions in ([], kept) if kept else ([],):
        normal = fitting.conditioned(known[attribute].normal, [known[name].normal for name in conditions])
        what = f"{attribute}, {' and '.join(conditions)} kept" if conditions else attribute
        for number, sweep in enumerate(fitting.edited(codes[:pictures], normal, -reach, reach, steps)):
            rows.append(Row(f"{what}, from {-reach:g} to {reach:g}" if not number else "", generator(sweep)))
        ends = [
            scores_of(generator(each), scores) for each in fitting.edited(codes, normal, -reach, reach, 2).unbind(1)
        ]
        changes = (f"{name} {' to '.join(phrase(name, summary(end[name])[0]) for end in ends)}" for name in scores)
        told.append(f"{what}: {', '.join(changes)}, from end to end, mean of {len(codes)}")
    written(rows, output)
    for line in told:
        typer.echo(line)


def _boundaries(
    path: Path | None, scores: Mapping[str, Scores], generator: Generator, seed: int
) -> dict[str, Boundary]:
    """Those of all ``scores``, from ``path`` or found anew."""
    from ganvas.latent import boundaries
    from ganvas.latent.attributes import measured
    from ganvas.latent.model import LatentError

    if path is None:
        codes, values = measured(generator, scores, 6000, seed)
        return {name: boundaries.fit(codes, values[name], 0.1, seed=seed) for name in scores}
    known = boundaries.recalled(path, generator.dims)
    for name in scores:
        if name not in known:
            raise LatentError(f"{path} holds no boundary of {name}: it has {', '.join(known)}")
    return known


def _matrix(title: str, names: Mapping[str, object], values: torch.Tensor) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title, *names, box=None)
    for name, row in zip(names, values.tolist(), strict=True):
        table.add_row(name, *(f"{value:+.2f}" for value in row))
    Console(highlight=False, soft_wrap=True).print(table)


def ready(target: Path) -> None:
    """Asks before the work whether ``target`` can be written."""
    from ganvas.images import check_target

    check_target(target, 1, 1)


def written(rows: Sequence[Row], target: Path) -> None:
    """Writes the sheet of ``rows`` and says where."""
    from ganvas.images import write
    from ganvas.latent.sheet import sheet

    for remark in write(sheet(rows), target):
        typer.echo(remark, err=True)
    typer.echo(target)
