"""What a worker makes of a photo that was learnt."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

from ganvas import single
from ganvas.enhancement.guard import check
from ganvas.errors import GanvasError
from ganvas.images import Picture, PictureError, read, write
from ganvas.nets.pyramid import Pyramid
from ganvas.web.refusal import RefusalError, plain
from ganvas.web.singles_asked import TASKS, Animate, Edit, Enlarge, Harmonise, Paint, Sample, Sent
from ganvas.web.worker import Progress, Task


def made(task: Task, progress: Progress) -> tuple[str, ...]:
    """Does ``task``, whose ``asked`` says what of which ``single``, and returns what its owner should know."""
    fields = dict(task["asked"])
    pyramid, asked = _opened(Path(fields.pop("single"))), TASKS[fields.pop("do")](**fields)
    source, target = Path(task["source"]), Path(task["target"])
    match asked:
        case Sample():
            return _samples(pyramid, asked, target, progress)
        case Animate():
            # An animation is known by its ending, the result of a job has none.
            scratch = target.with_suffix(".gif")
            frames = single.animate(pyramid, asked.frames, asked.start_level, asked.alpha, asked.beta, asked.seed)
            single.save(frames, scratch)
            os.replace(scratch, target)
            return ()
        case Enlarge():
            picture = single.enlarge(pyramid, asked.scale, asked.seed)
            advice = "ask for a smaller scale, or learn the photo for more rounds"
            check(single.learnt(pyramid), picture, advice=advice)
        case _:
            assert isinstance(asked, Sent)
            picture = _entered(pyramid, asked, source)
    return (*picture.remarks, *write(picture, target, format="png"))


def _samples(pyramid: Pyramid, asked: Sample, target: Path, progress: Progress) -> tuple[str, ...]:
    size: dict[str, Any] = {"width": asked.width, "height": asked.height}
    pictures = single.sample(pyramid, asked.count, asked.start_level, asked.seed, **size, progress=progress)
    if len(pictures) == 1:
        return write(pictures[0], target, format="png")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:  # PNG is compressed already
        for number, picture in enumerate(pictures, 1):
            content = io.BytesIO()
            write(picture, content, format="png")
            archive.writestr(f"sample-{number:03d}.png", content.getvalue())
    return ()


def _entered(pyramid: Pyramid, asked: Sent, source: Path) -> Picture:
    """What becomes of the picture that was sent, and of its mask where there is one."""
    mask = source.with_suffix(".mask")
    picture, where = _read(source, "the picture"), _read(mask, "the mask") if mask.exists() else None
    if isinstance(asked, Paint):
        return single.paint(pyramid, picture, asked.level, asked.seed, quantise=asked.quantise)
    if isinstance(asked, Harmonise):
        return single.harmonise(pyramid, picture, where, asked.level, asked.seed).picture
    assert isinstance(asked, Edit)
    return single.edit(pyramid, picture, where, asked.level, asked.seed).picture


def _read(path: Path, what: str) -> Picture:
    try:
        return read(path)
    except PictureError as error:
        raise RefusalError(422, plain(str(error).replace(str(path), what))) from None


def _opened(model: Path) -> Pyramid:
    try:
        return single.opened(model)
    except GanvasError:
        raise RefusalError(404, "what was learnt of this photo is not there any more") from None
