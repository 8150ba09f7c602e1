"""``ganvas enhance``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ganvas.models import EnhanceTask, Style

EXAMPLES = """Examples: ganvas enhance photo.jpg; ganvas enhance photo.jpg -o large.png --width 3000;
ganvas enhance holiday -o holiday-large --scale 2; ganvas enhance misty.jpg --task dehaze;
cat a.png | ganvas enhance - -o - > b.png"""


def enhance(
    inputs: Annotated[list[Path], typer.Argument(help="Photos and folders of photos; - is the standard input.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file, a folder, or - [default: photo_x4.jpg; FOLDER-enhanced]."),
    ] = None,
    scale: Annotated[float | None, typer.Option(help="Times the sides grow, up to 16 [default: 4].")] = None,
    width: Annotated[int | None, typer.Option(help="Width of the result in pixels.")] = None,
    height: Annotated[int | None, typer.Option(help="Height of the result in pixels.")] = None,
    megapixels: Annotated[float | None, typer.Option(help="Size of the result in millions of pixels.")] = None,
    model: Annotated[str | None, typer.Option(help="A bundled model (see `ganvas models`) or a file.")] = None,
    style: Annotated[
        Style | None,
        typer.Option(
            help="faithful invents nothing; sharp guesses texture; restore cleans noise, blur and JPEG as well"
            " [default: faithful]."
        ),
    ] = None,
    task: Annotated[
        EnhanceTask,
        typer.Option(help="enlarge; or at the picture's own size: deblur what was shaken, dehaze what was misty."),
    ] = "enlarge",
    backwards: Annotated[
        bool, typer.Option("--backwards", help="The other direction of a --model that has two, as CycleGAN's have.")
    ] = False,
    steady: Annotated[
        bool,
        typer.Option("--steady", help="The same result each time, also of Pix2Pix and DeblurGAN, which play dice."),
    ] = False,
    precision: Annotated[
        Literal["auto", "fp32", "bf16"], typer.Option(help="Arithmetic; auto is bf16 where it is faster.")
    ] = "auto",
    engine: Annotated[
        Literal["auto", "torch", "onnx", "openvino"],
        typer.Option(
            help="What runs the net: onnx and openvino (pip install 'ganvas[export]') give the same within rounding,"
            " in fp32 unless --precision bf16 tells openvino otherwise; auto measures for some seconds, once a model"
            " and machine, which is the fastest, and says so."
        ),
    ] = "torch",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    format: Annotated[str | None, typer.Option(help="jpeg, png, webp, tiff or bmp [default: as the input].")] = None,
    quality: Annotated[int | None, typer.Option(help="1 to 100, of JPEG [95] and WebP [90].")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Make again what is there already.")] = False,
    max_pixels: Annotated[int, typer.Option(help="Refuse pictures with more pixels than this.")] = 200_000_000,
    no_guard: Annotated[
        bool, typer.Option("--no-guard", help="Keep results that no longer look like their input.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Pictures done at once, each by a process with a model [default: 1].")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(
            help="ray, for this machine, or ray://HOST:PORT: stream the pictures through Ray (pip install"
            " 'ganvas[cluster]'), by --workers actors [default: one a processor]."
        ),
    ] = None,
) -> None:
    """Enlarge photos, or deblur or dehaze them; alpha, colour profile, EXIF and 16 bits are kept."""
    from ganvas.cli.progress import enhancing
    from ganvas.cluster.folder import enhance_folder
    from ganvas.enhancement import Target
    from ganvas.enhancement.files import Options, is_done, jobs

    target = Target(scale, width, height, megapixels)
    options = Options(
        target,
        model,
        style,
        task,
        precision,
        device,
        format,
        quality,
        overwrite,
        max_pixels,
        guard=not no_guard,
        backwards=backwards,
        steady=steady,
        engine=engine,
    )
    found = jobs(inputs, output, options)
    todo = [job for job in found if not is_done(job, options)]
    if len(todo) < len(found):
        typer.echo(
            f"{len(found) - len(todo)} of {len(found)} are done already (--overwrite makes them again)", err=True
        )
    try:
        with enhancing(len(todo)) as (progress, finished):
            failures = enhance_folder(todo, options, workers, on, progress, finished)
    except KeyboardInterrupt:
        typer.echo("ganvas: stopped: the same command goes on with what is not done yet", err=True)
        raise typer.Exit(130) from None
    for failure in failures:
        typer.echo(f"ganvas: {failure.reason}", err=True)
    if failures:
        if len(found) > 1:
            typer.echo(f"{len(failures)} of {len(todo)} pictures could not be enhanced", err=True)
        raise typer.Exit(1)


enhance.__doc__ = f"{enhance.__doc__}\n\n{EXAMPLES}"
