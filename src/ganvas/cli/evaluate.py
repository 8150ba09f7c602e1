"""``ganvas evaluate``: how good a model is, or how close two folders are, with the protocol stated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.tables import print_table

if TYPE_CHECKING:
    from ganvas.enhancement import Model
    from ganvas.metrics import Protocol
    from ganvas.metrics.protocol import Spoil
    from ganvas.report.evaluation import Enhance, Evaluation

Channels = Literal["y", "rgb", "grey"]
Kernels = Literal["bicubic", "bilinear", "box", "linear-box", "gaussian"]
Nets = Literal["lite0", "vgg16-hed", "vgg16", "vgg19"]
Spoils = Literal["motion", "haze", "given"]
Precisions = Literal["auto", "fp32", "bf16"]


def evaluate(
    subject: Annotated[
        str, typer.Argument(help="A bundled model or a model's file; with --compare a folder of results.")
    ],
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER...",
            help="Folders of good pictures; of pairs with --spoil given; with --compare that of truth.",
        ),
    ],
    compare: Annotated[bool, typer.Option("--compare", help="Compare two folders, by name; no model is run.")] = False,
    scale: Annotated[
        int | None,
        typer.Option(min=2, help="Times to enlarge [default: the model's]; with --compare adds bicubic."),
    ] = None,
    channel: Annotated[Channels, typer.Option(help="What is measured.")] = "y",
    crop: Annotated[
        int | None, typer.Option(min=0, help="Border pixels that do not count [default: the scale, or 0].")
    ] = None,
    kernel: Annotated[
        Kernels | None, typer.Option(help="How inputs are reduced [default: as the model's were].")
    ] = None,
    spoilt: Annotated[
        bool, typer.Option("--spoilt", help="Spoil the inputs with blur, noise and JPEG, each picture in its own way.")
    ] = False,
    spoil: Annotated[
        Spoils | None,
        typer.Option(
            help="How inputs of a model that keeps the size are made: by blur, by haze, or given: then each FOLDER"
            " holds pairs, in two folders or side by side [default: what the model undoes]."
        ),
    ] = None,
    perceptual: Annotated[Nets | None, typer.Option(help="Also the distance in the eyes of this network.")] = None,
    precision: Annotated[Precisions, typer.Option(help="Arithmetic of the model; auto is bf16 where faster.")] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    json: Annotated[Path | None, typer.Option(help="Write every figure to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with figures and details of the pictures.")] = None,
) -> None:
    """Measure PSNR, SSIM and MS-SSIM; bicubic, or the input where its size is kept, always stands beside the model."""
    from ganvas.cli.progress import counting
    from ganvas.enhancement import Model
    from ganvas.metrics import MetricError, Protocol
    from ganvas.pretrained import eyes
    from ganvas.report import evaluation as report
    from ganvas.report.page import evaluation_page, write_page
    from ganvas.report.text import check_target
    from ganvas.weights import load

    for target in (json, html):
        if target is not None:
            check_target(target)
    if compare and len(folders) != 1:
        raise MetricError("--compare takes two folders: the results and the truth")
    if spoil is not None and (spoilt or compare):
        raise MetricError("--spoil makes the inputs of a model: leave --spoilt and --compare away")
    if spoilt and (kernel is not None or (compare and scale is None)):
        raise MetricError("--spoilt makes the inputs itself: leave --kernel away, and with --compare give --scale")
    model = None if compare else Model(load(subject), precision=precision, device=device)
    asked = "world" if spoilt else spoil
    protocol = _protocol(Protocol(channel, crop or 0, features=perceptual), model, scale, kernel, asked)
    if crop is None:
        protocol = replace(protocol, crop=protocol.scale or 0)
    features = None if perceptual is None else eyes(perceptual)
    with counting("pictures") as progress:
        if model is None:
            evaluation = report.compare_folders(Path(subject), folders[0], protocol, progress, features)
        else:
            evaluation = report.evaluate(_to(model, protocol), model.name, folders, protocol, progress, features)
            evaluation = replace(evaluation, arithmetic=str(model.arithmetic))
    if json is not None:
        evaluation.store(json)
    if html is not None:
        write_page(html, evaluation_page(evaluation))
    _print(evaluation)


def _protocol(
    measured: Protocol, model: Model | None, scale: int | None, kernel: Kernels | None, asked: Spoil | None
) -> Protocol:
    """``measured`` with how inputs are made, for ``model`` or to stand beside the results of another."""
    from ganvas.metrics import MetricError
    from ganvas.report.inputs import spoil_for

    spoil = asked if model is None else spoil_for(model.name, model.task, model.scale, asked)
    if model is not None and model.scale == 1:
        if scale or kernel:
            raise MetricError(f"{model.name} keeps the size of a picture: leave --scale and --kernel away")
        return replace(measured, spoil=spoil)
    factor = scale or (model.scale if model else None)
    reduction = (kernel or (model and model.reduction) or "bicubic") if factor else None
    return replace(measured, scale=factor, reduction=reduction, spoil=spoil)


def _to(model: Model, protocol: Protocol) -> Enhance:
    """``model`` at the scale of ``protocol``, which need not be its own."""
    factor = protocol.scale or 1
    return lambda input: model(input, (factor * input.width, factor * input.height))


def _print(evaluation: Evaluation) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("set", "method", "pictures", "PSNR (dB)", "SSIM", "MS-SSIM", box=None)
    if evaluation.protocol.features is not None:
        table.add_column("distance")
    for row in evaluation.rows():
        note = f" ({row.infinite} equal to the truth)" if row.infinite else ""
        similar = ["-" if value is None else f"{value:.4f}" for value in (row.ssim, row.ms_ssim)]
        if row.distance is not None:
            similar.append(f"{row.distance:.4f}")
        table.add_row(escape(row.folder), escape(row.method), f"{row.pictures}{note}", f"{row.psnr:.2f}", *similar)
    meanings = [f"{name}: {meaning}" for name, meaning in evaluation.protocol.measures().items()]
    print_table(table, [f"protocol: {evaluation.conditions()}", *meanings])
