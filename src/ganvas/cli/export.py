"""``ganvas export``: a model as a file for other engines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    model: Annotated[str, typer.Argument(help="A bundled model (see `ganvas models`) or a file.")],
    to: Annotated[Literal["onnx", "openvino"], typer.Option("--to", help="onnx: one file; openvino: .xml and .bin.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write [default: MODEL.onnx or MODEL.xml here].")
    ] = None,
    precision: Annotated[
        Literal["fp32", "bf16"], typer.Option(help="In which numbers OpenVINO is to run it, and it is checked.")
    ] = "fp32",
    backwards: Annotated[
        bool, typer.Option("--backwards", help="The other direction of a model that has two, as CycleGAN's have.")
    ] = False,
    steady: Annotated[
        bool, typer.Option("--steady", help="Without the dice of Pix2Pix and DeblurGAN, which a file cannot play.")
    ] = False,
) -> None:
    """Export a model for any size of picture, with its card inside, checked against torch before it is written."""
    from ganvas.enhancement.exporting import export

    for line in export(model, to, output, precision, backwards=backwards, steady=steady).lines:
        typer.echo(line)
