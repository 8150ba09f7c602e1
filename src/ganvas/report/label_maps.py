"""What a segmenter finds in pictures, against maps of labels (the FCN score, Isola et al. 2017, section 4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ganvas.foreign.recognisers import Recogniser
from ganvas.images import Picture, probe, read
from ganvas.metrics import MetricError
from ganvas.metrics.cityscapes import IGNORED, LABELS, from_colours, from_ids
from ganvas.metrics.segmentation import FCNScore, Segmenter, confusion, scored
from ganvas.report.folders import by_name
from ganvas.report.recognition import Recognition, Row, Treatment, Watch, compared, found_in, partners, truth_said

Values = Literal["classes", "ids", "colours"]
"""What a map of labels holds: the numbers of the classes, or Cityscapes' labelIds or colours."""

MARKS: dict[str, Values] = {"_gtFine_labelTrainIds": "classes", "_gtFine_labelIds": "ids", "_gtFine_color": "colours"}
"""How Cityscapes calls its maps of each kind, at the end of their names."""

PHOTO = "_leftImg8bit"
"""How it calls its photos."""


def recognise_labels(
    folders: Sequence[Path],
    segmenter: Recogniser[Segmenter],
    truth: Path,
    *,
    against: bool = False,
    values: Values | None = None,
    classes: int | None = None,
    any_size: bool = False,
    treatment: Treatment | None = None,
    progress: Watch = lambda done, total: None,
) -> Recognition[FCNScore]:
    """Pixel accuracy, class accuracy and mean IoU of ``segmenter`` in the pictures of each folder, and in what
    ``treatment`` makes of them.

    ``truth`` is a folder of maps of labels, which hold ``values`` (default: told by their names and colours), or,
    ``against`` it, a folder of the same pictures: then what the segmenter finds there is the truth. Pictures belong
    together by their names without endings and Cityscapes' marks; the truth may tell of more. There are ``classes``
    classes (default: as many as the segmenter names, else 19); 255 does not count. Raises :class:`GanvasError` for a
    picture without map, for a map of another size unless ``any_size``, and for labels that are no class.
    """
    treatment, count = treatment or Treatment(), classes or len(segmenter.names or LABELS)
    files = {folder: _unmarked(each, (PHOTO,)) for folder, each in compared(folders).items()}
    maps = _unmarked(by_name(truth), (PHOTO,) if against else tuple(MARKS))
    for each in files.values():
        partners(each, maps, truth)

    @lru_cache(maxsize=1)  # the same for all versions of a picture
    def there(name: str) -> torch.Tensor:
        if against:
            return segmenter.net(read(maps[name]).tensor())
        return read_labels(maps[name], count, values)

    def look(name: str, path: Path, picture: Picture) -> torch.Tensor:
        if not any_size:
            _check_size(path, picture, maps[name])
        return confusion(there(name), segmenter.net(picture.tensor()), count)

    rows = list[Row[FCNScore]]()
    for folder, step, found in found_in(files, treatment, look, progress):
        matrix = torch.stack(found).sum(0)
        rows.append(Row(folder, step, len(found), scored(matrix, "photos" if against else "labels")))
    said = [f"segmenter: {segmenter.called}", truth_said(truth, against), rows[0].score.describe()]
    return Recognition(tuple(rows), _names(segmenter, count), (*said, *treatment.conditions()))


def read_labels(path: Path, classes: int, values: Values | None = None) -> torch.Tensor:
    """The classes (1, H, W) int64 of each pixel of the map ``path``, 255 where it does not count.

    Without ``values`` its name tells what it holds, or that it has colours. Raises :class:`MetricError` where it cannot
    be read, or holds what is no class.
    """
    numbers, kind = _numbers(path), values or _kind(path)
    if numbers.ndim == 3 and kind in (None, "colours"):
        found = from_colours(torch.from_numpy(numbers[..., :3]).permute(2, 0, 1)[None].float() / 255)
        if bool((found == IGNORED).all()):
            raise MetricError(f"{path} has none of the colours of Cityscapes: give a map of class numbers, in grey")
        return found
    if numbers.ndim == 3 or kind == "colours":
        raise MetricError(f"{path} is {'coloured' if numbers.ndim == 3 else 'grey'}, and not a map of {kind}")
    labels = torch.from_numpy(numbers.astype(np.int64))[None]
    labels = from_ids(labels) if kind == "ids" else labels
    wrong = labels[(labels >= classes) & (labels != IGNORED)]
    if len(wrong):
        raise MetricError(
            f"{path} holds the number {int(wrong[0])}, and the classes are 0 to {classes - 1} (255 does not count):"
            " say --values ids if it holds Cityscapes' labelIds, or give --classes"
        )
    return labels


def _numbers(path: Path) -> NDArray[np.generic]:
    """The values of ``path`` (H, W), those of a palette as they are stored, or (H, W, 3 or 4) where it has colours."""
    try:
        with Image.open(path) as image:
            return np.array(image)
    except (OSError, SyntaxError, ValueError):
        raise MetricError(f"{path} cannot be read as a map of labels: it is damaged, or no picture") from None


def _kind(path: Path) -> Values | None:
    return next((kind for mark, kind in MARKS.items() if path.stem.endswith(mark)), None)


def _unmarked(files: Mapping[str, Path], marks: tuple[str, ...]) -> dict[str, Path]:
    """``files`` by their names without Cityscapes' ``marks``; those that bear one alone, if any does."""
    marked = {name: mark for name in files for mark in marks if name.endswith(mark)}
    return {name.removesuffix(marked[name]): files[name] for name in marked} or dict(files)


def _check_size(path: Path, picture: Picture, partner: Path) -> None:
    """Raises MetricError if ``partner`` has another size than ``picture``."""
    width, height = probe(partner)
    if (picture.width, picture.height) != (width, height):
        raise MetricError(
            f"{path} has {picture.width} x {picture.height} pixels and {partner} {width} x {height}: say --any-size if"
            " what is found is to be brought to the size of the truth"
        )


def _names(segmenter: Recogniser[Segmenter], classes: int) -> dict[int, str]:
    known = segmenter.names or {}
    return {number: known.get(number, str(number)) for number in range(classes)}
