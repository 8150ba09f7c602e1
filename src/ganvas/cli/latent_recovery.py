"""``ganvas latent invert``, ``complete`` and ``encode``: from pictures back to codes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.latent_edits import Model, Seed, Sheet, ready, written
from ganvas.cli.progress import watching
from ganvas.latent import DEFAULT

if TYPE_CHECKING:
    import torch

    from ganvas.latent.model import Encode, Generator

Pictures = Annotated[
    list[Path] | None, typer.Argument(help="Pictures, light on dark for digits [default: some of the model's own].")
]
Count = Annotated[int, typer.Option(min=2, help="How many pictures of the model's own.")]
Steps = Annotated[int, typer.Option(min=1, help="Steps of the descent.")]
Rate = Annotated[float, typer.Option(min=1e-6, help="The length of its first steps.")]
Hold = Annotated[
    Literal["none", "norm", "range"] | None,
    typer.Option(help="What keeps codes likely: nothing, their norm, or tanh [default: range where they are uniform]."),
]
Encoder = Annotated[Path | None, typer.Option(help="What `encode --save` kept: where the first start is taken.")]


def invert(
    output: Sheet,
    pictures: Pictures = None,
    model: Model = DEFAULT,
    measure: Annotated[
        Literal["full", "random", "half", "box", "first", "downsample", "blur", "grey", "gaussian"],
        typer.Option(help="What is known of a picture."),
    ] = "random",
    share: Annotated[
        float | None, typer.Option(help="Of the pixels that are known [default: 0.2], of a box that are not [0.25].")
    ] = None,
    count: Count = 6,
    starts: Annotated[int, typer.Option(min=1, help="Random codes to start from.")] = 4,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="Start twice, as the paper: also from minus what was found first.")
    ] = False,
    steps: Steps = 400,
    rate: Rate = 0.05,
    hold: Hold = None,
    encoder: Encoder = None,
    landscape: Annotated[
        bool, typer.Option("--landscape", help="Draw the cost around the first code, its mirror region included.")
    ] = False,
    seed: Seed = 0,
) -> None:
    """Find the codes of pictures again, from all of them or from a part."""
    import torch

    from ganvas.latent import inversion
    from ganvas.latent.model import LatentError, opened
    from ganvas.latent.operators import measurement
    from ganvas.latent.sheet import Row, shades

    ready(output)
    generator = opened(model)
    images, truth = _targets(generator, pictures, count, seed)
    if landscape and truth is None:
        raise LatentError("the landscape is drawn around a known code: leave the pictures or --landscape")
    operator = measurement(measure, generator.shape, share, seed=seed)
    known = operator(images)
    encode = _encoder(generator, encoder)
    first = None if encode is None else encode(images if operator.mask is None else images * operator.mask)
    descent = inversion.Descent(steps, rate, falling=True, hold=hold or _hold(generator))
    found = inversion.invert(
        generator,
        known,
        operator,
        descent=descent,
        starts="mirrored" if mirrored else starts,
        first=first,
        seed=seed + 1,
    )
    with torch.no_grad():
        made = generator(found.codes)
    mask = operator.mask
    rows = [Row("the picture", images)]
    if mask is not None:
        rows.append(Row(f"what is known of it: {mask.mean():.0%}", images * mask + 0.25 * (1 - mask)))
    rows.append(Row("the picture of the code that was found", made))
    if landscape and truth is not None:
        values = inversion.landscape(generator, images[0], truth[0], operator, seed=seed)
        rows.append(Row("the cost in a plane: the code right of the middle", shades(values)))
    written(rows, output)
    parts = [("unknown pixels", 1 - mask), ("known", mask)] if mask is not None and mask.min() == 0 else [("", None)]
    heard = (f"{inversion.psnr(made, images, where).mean():.1f} dB {name}".strip() for name, where in parts)
    typer.echo(f"{', '.join(heard)}; J {found.costs.mean():.3g}, means of {len(images)}")
    if truth is not None:
        typer.echo(
            f"{found.success(truth):.0%} of the codes found again (relative error up to {inversion.EXACT:.0%}),"
            f" median error {found.errors(truth).median():.2g}"
        )


def complete(
    output: Sheet,
    pictures: Pictures = None,
    model: Model = DEFAULT,
    mask: Annotated[Path | None, typer.Option(help="A picture, white where the others are known.")] = None,
    hole: Annotated[
        Literal["box", "half", "random", "first"], typer.Option(help="What is known without --mask.")
    ] = "box",
    share: Annotated[
        float | None, typer.Option(help="Of the box [default: 0.25], or of the known pixels [0.2].")
    ] = None,
    count: Count = 6,
    starts: Annotated[int, typer.Option(min=1, help="Codes to start from.")] = 8,
    distance: Annotated[Literal["l2", "l1"], typer.Option(help="Of squares or of absolute values.")] = "l2",
    steps: Steps = 300,
    rate: Rate = 0.05,
    hold: Hold = None,
    blend: Annotated[bool, typer.Option("--blend", help="Take the seam away.")] = False,
    encoder: Encoder = None,
    seed: Seed = 0,
) -> None:
    """Fill what is missing of pictures with what the generator would have made there."""
    from ganvas.latent import completion
    from ganvas.latent.inversion import Descent, psnr
    from ganvas.latent.model import fitted, opened
    from ganvas.latent.operators import measurement
    from ganvas.latent.sheet import Row

    ready(output)
    generator = opened(model)
    images, _ = _targets(generator, pictures, count, seed)
    known = measurement(hole, generator.shape, share, seed=seed).mask if mask is None else None
    if known is None:
        assert mask is not None
        known = (fitted(mask, generator)[0].mean(0, keepdim=True) > 0.5).float()
    descent = Descent(steps, rate, falling=True, hold=hold or _hold(generator))
    encode = _encoder(generator, encoder)
    found = completion.complete(
        generator,
        images,
        known,
        descent=descent,
        starts=starts,
        distance=distance,
        encode=encode,
        blend=blend,
        seed=seed + 1,
    )
    mean, even = completion.mean_fill(images, known), completion.harmonic(images, known)
    rows = [
        Row("the picture", images),
        Row(f"what is known of it: {known.mean():.0%}", images * known + 0.25 * (1 - known)),
        Row("completed", found.images),
        Row("by diffusion", even),
    ]
    written(rows, output)
    figures = [found.psnr(images, known), *(psnr(each, images, 1 - known) for each in (mean, even))]
    names = "completed", "the mean of what is known", "diffusion"
    heard = ", ".join(f"{name} {each.mean():.1f} dB" for name, each in zip(names, figures, strict=True))
    typer.echo(f"in the hole: {heard}; means of {len(images)}")


def encode(
    output: Sheet,
    pictures: Pictures = None,
    model: Model = DEFAULT,
    mode: Annotated[
        Literal["encode", "hybrid", "optimise"],
        typer.Option(help="One pass of the encoder; a descent that starts there; a descent from random codes."),
    ] = "hybrid",
    encoder: Annotated[
        Path | None, typer.Option(help="What --save kept [default: the model's own, or one trained now].")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Of the training, where there is no encoder.")] = 500,
    save: Annotated[Path | None, typer.Option(help="Keep the trained encoder, a .safetensors.")] = None,
    count: Count = 6,
    steps: Steps = 200,
    rate: Rate = 0.05,
    hold: Hold = None,
    seed: Seed = 0,
) -> None:
    """Find codes by an encoder: the one trained with the model (recipe bigan), a kept one, or one trained now."""
    from ganvas.latent import inversion
    from ganvas.latent.encoders import inverse
    from ganvas.latent.model import opened
    from ganvas.latent.operators import full
    from ganvas.latent.sheet import Row

    ready(output)
    generator = opened(model)
    images, _ = _targets(generator, pictures, count, seed)
    code_of = _encoder(generator, encoder) or _trained(generator, rounds, save, seed)
    descent = inversion.Descent(steps, rate, falling=True, hold=hold or _hold(generator))
    guess = code_of(images)
    rows = [Row("the picture", images), Row("of the encoder's code", generator(guess))]
    if mode != "encode":
        first = guess if mode == "hybrid" else None
        operator = full(generator.shape)
        found = inversion.invert(generator, images, operator, descent=descent, starts=1, first=first, seed=seed + 1)
        start = "from the encoder's code" if mode == "hybrid" else "from a random code"
        rows.append(Row(f"after {steps} steps {start}", generator(found.codes)))
    written(rows, output)
    for row in rows[1:]:
        typer.echo(f"{row.caption}: {inversion.psnr(row.images, images).mean():.1f} dB, mean of {len(images)}")
    own = generator(generator.sample(256, seed + 3))
    figures = inverse(generator, code_of, own, seed + 4)
    typer.echo(
        f"the encoder's distance over that of pictures that do not belong together: {figures.ratio:.2f}, of codes"
        f" {figures.code_ratio:.2f} (1: no inversion)"
    )


def _targets(
    generator: Generator, pictures: list[Path] | None, count: int, seed: int
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The pictures to be found again and, of the model's own, their codes."""
    import torch

    from ganvas.latent.model import fitted

    if pictures:
        return torch.cat([fitted(path, generator) for path in pictures]), None
    codes = generator.sample(count, seed)
    return generator(codes), codes


def _encoder(generator: Generator, path: Path | None) -> Encode | None:
    """The encoder in ``path``, or the model's own."""
    from ganvas.latent.encoders import recalled

    return generator.encode if path is None else recalled(path, generator)


def _trained(generator: Generator, rounds: int, save: Path | None, seed: int) -> Encode:
    from ganvas.latent import encoders, kept

    if save is not None:
        kept.check(save)
    with watching() as watch:
        net = encoders.regressed(generator, rounds, seed=seed, watch=watch)
    if save is not None:
        encoders.keep(save, net)
        typer.echo(save)
    return net


def _hold(generator: Generator) -> Literal["none", "range"]:
    return "range" if generator.prior == "uniform" else "none"
