"""What a detector finds in pictures, against the truth (DeblurGAN's evaluation, Kupyn et al. 2018, section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ganvas.foreign.recognisers import Recogniser
from ganvas.images import Picture, read
from ganvas.metrics import MetricError
from ganvas.metrics.coco import read_coco
from ganvas.metrics.detection import Boxes, Detections, DetectionScore, Detector, detection_score, verified
from ganvas.report.folders import by_name
from ganvas.report.recognition import Recognition, Row, Treatment, Watch, compared, found_in, partners, truth_said

Names = Mapping[int, str]


class There(NamedTuple):
    """What is truly in a picture, and the width and height at which it was found, where they are known."""

    boxes: Boxes
    size: tuple[int, int] | None = None


def recognise_boxes(
    folders: Sequence[Path],
    detector: Recogniser[Detector],
    truth: Path,
    *,
    against: bool = False,
    treatment: Treatment | None = None,
    iou: float = 0.5,
    score: float | None = None,
    progress: Watch = lambda done, total: None,
) -> Recognition[DetectionScore]:
    """Precision, recall and F1 of ``detector`` in the pictures of each folder, and in what ``treatment`` makes of them.

    ``truth`` is a file of annotations in the form of COCO, or, ``against`` it, a folder of the same pictures: then what
    the detector finds there is the truth. Pictures belong together by their names without endings; the truth may tell
    of more. Only boxes of at least ``score`` count (default: the detector's own). Raises :class:`GanvasError` for a
    picture without truth, for boxes that lie outside of it, and for classes that the detector does not know.
    """
    treatment, sure = treatment or Treatment(), detector.score if score is None else score
    files = compared(folders)
    names, there = _seen(truth, detector, sure) if against else _annotated(truth, detector)
    for each in files.values():
        partners(each, there, truth)

    def look(name: str, path: Path, picture: Picture) -> Detections:
        _check_size(path, picture, there[name], truth)
        (found,) = detector.net(picture.tensor())
        return found

    rows = list[Row[DetectionScore]]()
    for folder, step, found in found_in(files, treatment, look, progress):
        right = detection_score([there[name].boxes for name in files[folder]], found, iou, sure)
        rows.append(Row(folder, step, len(found), right))
    said = [
        f"detector: {detector.called}, scores from {sure:g}",
        truth_said(truth, against),
        f"a box is right if it has the same class and an intersection over union of {iou:g} or more with one that is"
        " there; counts are pooled over pictures and classes",
    ]
    return Recognition(tuple(rows), names, (*said, *treatment.conditions(), *_strange(rows)))


def _seen(folder: Path, detector: Recogniser[Detector], sure: float) -> tuple[Names, dict[str, There]]:
    """What the detector finds in the pictures of ``folder``."""
    there = dict[str, There]()
    for name, path in by_name(folder).items():
        picture = read(path)
        (found,) = detector.net(picture.tensor())
        there[name] = There(verified(found, sure), (picture.width, picture.height))
    return detector.names or {}, there


def _annotated(path: Path, detector: Recogniser[Detector]) -> tuple[Names, dict[str, There]]:
    """What the annotations ``path`` say; MetricError where their classes are not the detector's."""
    truth = read_coco(path)
    names = truth.names or detector.names or {}
    for number in sorted({number for boxes in truth.pictures.values() for number in boxes.classes.tolist()}):
        own = names.get(number)
        known = own if detector.names is None else detector.names.get(number)
        if known is None or own != known:
            called = "does not know it" if known is None else f"calls it {known}"
            raise MetricError(f"{path} has the class {number} ({own or 'no name'}), and {detector.called} {called}")
    there = {PurePosixPath(name).with_suffix("").as_posix(): There(boxes) for name, boxes in truth.pictures.items()}
    return names, there


def _check_size(path: Path, picture: Picture, there: There, truth: Path) -> None:
    """Raises MetricError if what is ``there`` was found in a picture of another size than ``picture``."""
    width, height = picture.width, picture.height
    if there.size not in (None, (width, height)):
        size = f"{there.size[0]} x {there.size[1]}" if there.size else ""
        raise MetricError(f"{path} has {width} x {height} pixels, and its truth in {truth} {size}: they must be equal")
    corners = there.boxes.boxes
    if len(corners) and bool((corners[:, 2:] > corners.new_tensor([width + 1, height + 1])).any()):
        raise MetricError(
            f"{path} has {width} x {height} pixels, and {truth} has a box beyond them: is it of another size there?"
        )


def _strange(rows: Sequence[Row[DetectionScore]]) -> list[str]:
    """A warning where what is there and what was found have no class in common, as with numbers of another kind."""
    classes = [(number, counts) for row in rows for number, counts in row.score.classes.items()]
    there = {number for number, counts in classes if counts.true_positives + counts.false_negatives}
    found = {number for number, counts in classes if counts.true_positives + counts.false_positives}
    if there and found and not there & found:
        return [f"no class that was found ({_some(found)}) is in the truth ({_some(there)}): do both count alike?"]
    return []


def _some(numbers: set[int]) -> str:
    return ", ".join(map(str, sorted(numbers)[:5]))
