"""``ganvas evaluate``: how good a model is, or how close two folders are, with the protocol stated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ganvas.report.evaluation import Evaluation

Channels = Literal["y", "rgb", "grey"]
Kernels = Literal["bicubic", "bilinear", "box", "linear-box", "gaussian"]


def evaluate(
    subject: Annotated[
        str, typer.Argument(help="A bundled model or a model's file; with --compare a folder of results.")
    ],
    folders: Annotated[list[Path], typer.Argument(help="Folders of good pictures.")],
    compare: Annotated[bool, typer.Option("--compare", help="Compare two folders, by name; no model is run.")] = False,
    channel: Annotated[Channels, typer.Option(help="What is measured.")] = "y",
    crop: Annotated[
        int | None, typer.Option(min=0, help="Border pixels that do not count [default: the scale].")
    ] = None,
    kernel: Annotated[
        Kernels | None, typer.Option(help="How inputs are reduced [default: as the model's were].")
    ] = None,
    precision: Annotated[Literal["auto", "fp32", "bf16"], typer.Option(help="Arithmetic of the model.")] = "auto",
    json: Annotated[Path | None, typer.Option(help="Write every figure to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with figures and details of the pictures.")] = None,
) -> None:
    """Measure PSNR, SSIM and MS-SSIM; bicubic always stands beside the model."""
    from ganvas.cli.progress import counting
    from ganvas.metrics import MetricError, Protocol
    from ganvas.report.evaluation import compare_folders
    from ganvas.report.evaluation import evaluate as run
    from ganvas.report.page import evaluation_page, write_page

    if compare:
        if len(folders) != 1:
            raise MetricError("--compare takes two folders: the results and the truth")
        evaluation = compare_folders(Path(subject), folders[0], Protocol(channel, crop or 0))
    else:
        from ganvas.enhancement import Model
        from ganvas.weights import load

        product = load(subject)
        scale, reduction = product.card.scale, kernel or product.card.reduction or "bicubic"
        protocol = Protocol(channel, scale if crop is None else crop, scale=scale, reduction=reduction)
        with counting("pictures") as progress:
            evaluation = run(Model(product, precision=precision), product.card.name, folders, protocol, progress)
    _print(evaluation)
    if json is not None:
        evaluation.store(json)
    if html is not None:
        write_page(html, evaluation_page(evaluation))


def _print(evaluation: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("set", "method", "pictures", "PSNR (dB)", "SSIM", "MS-SSIM", box=None)
    for row in evaluation.rows():
        note = f" ({row.infinite} equal, not counted)" if row.infinite else ""
        similar = ["-" if value is None else f"{value:.4f}" for value in (row.ssim, row.ms_ssim)]
        table.add_row(row.folder, row.method, f"{row.pictures}{note}", f"{row.psnr:.2f}", *similar)
    console = Console()
    console.print(table)
    console.print(f"protocol: {evaluation.protocol.describe()}", highlight=False, soft_wrap=True)
