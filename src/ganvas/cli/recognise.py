"""``ganvas recognise``: whether what is in pictures can be recognised in them, by a net that others trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ganvas.cli.tables import print_table

if TYPE_CHECKING:
    from ganvas.metrics.detection import DetectionScore
    from ganvas.metrics.segmentation import FCNScore
    from ganvas.report.recognition import Treatment

ABOUT = "Measure whether a detector or a segmenter recognises what is in pictures: spoilt, restored, generated."

recognise = typer.Typer(help=ABOUT, no_args_is_help=True, rich_markup_mode=None)

Folders = Annotated[
    list[Path], typer.Argument(metavar="PICTURES...", help="Folders of pictures; several hold the same names.")
]
Against = Annotated[
    Path | None, typer.Option(help="In place of --truth: sharp pictures; what is found in them is the truth.")
]
Spoil = Annotated[
    Literal["motion", "haze"] | None, typer.Option(help="Also look at the pictures spoilt like this, by chance.")
]
Enhance = Annotated[
    str | None, typer.Option(help="Also look at what a bundled model, or a model's file, makes of them.")
]
Precision = Annotated[
    Literal["auto", "fp32", "bf16"], typer.Option(help="Arithmetic of the model; auto is bf16 where faster.")
]
Device = Annotated[str, typer.Option(help="Where the model runs: auto, cpu, cuda or mps.")]
Json = Annotated[Path | None, typer.Option(help="Write every figure, of each class too, to this file.")]


@recognise.callback()
def about() -> None:
    """Measure whether a detector or a segmenter recognises what is in pictures: spoilt, restored, generated."""


@recognise.command()
def boxes(
    pictures: Folders,
    detector: Annotated[Path, typer.Option(help="A detector: an ONNX file, or CenterNet's graph (.json).")],
    truth: Annotated[Path | None, typer.Option(help="What is there: annotations in the form of COCO (.json).")] = None,
    against: Against = None,
    spoil: Spoil = None,
    enhance: Enhance = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="The least score of a box that counts [default: 0.5; CenterNet's 0.3]."),
    ] = None,
    iou: Annotated[float, typer.Option(min=0.01, max=1, help="The least overlap of a box that is right.")] = 0.5,
    precision: Precision = "auto",
    device: Device = "auto",
    json: Json = None,
) -> None:
    """Measure precision, recall and F1 of a detector: as DeblurGAN's authors did with sharp, blurred and restored."""
    from ganvas.cli.progress import counting
    from ganvas.foreign.recognisers import detector_of
    from ganvas.report.boxes import recognise_boxes

    there = _truth(truth, against, json)
    treatment, net = _treatment(spoil, enhance, precision, device), detector_of(detector)
    with counting("pictures") as progress:
        found = recognise_boxes(
            pictures,
            net,
            there,
            against=against is not None,
            treatment=treatment,
            iou=iou,
            score=threshold,
            progress=progress,
        )
    if json is not None:
        found.store(json)
    rows = [(row.folder, row.method, str(row.pictures), *_boxes(row.score)) for row in found.rows]
    _print(("right", "wrong", "missed", "precision", "recall", "F1"), rows, found.conditions)


@recognise.command()
def labels(
    pictures: Folders,
    segmenter: Annotated[Path, typer.Option(help="A segmenter: an ONNX file, or ESPNet's weights (.pth).")],
    truth: Annotated[
        Path | None, typer.Option(help="What is there: a folder of maps of labels with the pictures' names.")
    ] = None,
    against: Against = None,
    spoil: Spoil = None,
    enhance: Enhance = None,
    values: Annotated[
        Literal["classes", "ids", "colours"] | None,
        typer.Option(
            help="What the maps hold: numbers of classes, or Cityscapes' labelIds or colours"
            " [default: told by their names, else colours where there are any]."
        ),
    ] = None,
    classes: Annotated[
        int | None, typer.Option(min=2, max=255, help="How many classes there are [default: 19, Cityscapes'].")
    ] = None,
    any_size: Annotated[
        bool, typer.Option("--any-size", help="Bring what is found to the size of the truth, where they differ.")
    ] = False,
    precision: Precision = "auto",
    device: Device = "auto",
    json: Json = None,
) -> None:
    """Measure the FCN score: pixel accuracy, class accuracy and mean IoU of a segmenter."""
    from ganvas.cli.progress import counting
    from ganvas.foreign.recognisers import segmenter_of
    from ganvas.report.label_maps import recognise_labels

    there = _truth(truth, against, json)
    treatment, net = _treatment(spoil, enhance, precision, device), segmenter_of(segmenter)
    with counting("pictures") as progress:
        found = recognise_labels(
            pictures,
            net,
            there,
            against=against is not None,
            values=values,
            classes=classes,
            any_size=any_size,
            treatment=treatment,
            progress=progress,
        )
    if json is not None:
        found.store(json)
    rows = [(row.folder, row.method, str(row.pictures), *_labels(row.score)) for row in found.rows]
    _print(("pixel accuracy", "class accuracy", "mean IoU"), rows, found.conditions)


def _truth(truth: Path | None, against: Path | None, json: Path | None) -> Path:
    """The one of the two that was given; MetricError unless it is one, or where ``json`` cannot be written."""
    from ganvas.metrics import MetricError
    from ganvas.report.text import check_target

    if json is not None:
        check_target(json)
    there = truth or against
    if there is None or (truth and against):
        raise MetricError("give either --truth, what is there, or --against, a folder of sharp pictures")
    return there


def _treatment(
    spoil: Literal["motion", "haze"] | None,
    enhance: str | None,
    precision: Literal["auto", "fp32", "bf16"],
    device: str,
) -> Treatment:
    from ganvas.report.recognition import Treatment

    if enhance is None:
        return Treatment(spoil)
    from ganvas.enhancement import Model
    from ganvas.metrics import MetricError
    from ganvas.weights import load

    model = Model(load(enhance), precision=precision, device=device)
    if model.scale != 1:
        raise MetricError(f"{model.name} enlarges pictures: --enhance needs a model that keeps their size")
    return Treatment(spoil, model, model.name, str(model.arithmetic))


def _boxes(score: DetectionScore) -> list[str]:
    counts = score.total
    precision = "-" if counts.undefined else f"{counts.precision:.3f}"
    return [*map(str, counts), precision, f"{counts.recall:.3f}", f"{counts.f1:.3f}"]


def _labels(score: FCNScore) -> list[str]:
    return [f"{value:.3f}" for value in (score.pixel_accuracy, score.class_accuracy, score.mean_iou)]


def _print(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], conditions: tuple[str, ...]) -> None:
    from rich.markup import escape
    from rich.table import Column, Table

    table = Table("folder", Column("pictures", no_wrap=True), "count", *heads, box=None)
    for row in rows:
        table.add_row(*map(escape, row))
    print_table(table, conditions)
