"""Files and folders: what goes in, where it comes out, what is done already and what could not be done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import torch

from ganvas.enhancement.choosing import AskedEngine
from ganvas.enhancement.engines import check
from ganvas.enhancement.guard import Guard, GuardError
from ganvas.enhancement.model import Model, suited, target_for
from ganvas.enhancement.precision import Precision, choose
from ganvas.enhancement.size import Target
from ganvas.errors import GanvasError
from ganvas.images import Canvas, Picture, check_asked, check_target, default_format, encode, is_picture, probe, read
from ganvas.models import KEEPING, EnhanceTask, Style
from ganvas.weights import load

Stdio = Literal["-"]
STDIO: Stdio = "-"

SUFFIX_OF = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "tiff": ".tif", "bmp": ".bmp"}


class FilesError(GanvasError):
    """Inputs and outputs that do not go together; the message is one sentence for the user."""


@dataclass(frozen=True)
class Options:
    """How every picture of a call is enhanced and written. Raises GanvasError for what nothing could be made with."""

    target: Target = field(default_factory=Target)
    model: str | None = None
    style: Style | None = None
    task: EnhanceTask = "enlarge"
    precision: Precision = "auto"
    device: str = "auto"
    format: str | None = None
    quality: int | None = None
    overwrite: bool = False
    max_pixels: int = 200_000_000
    guard: bool = True
    backwards: bool = False
    steady: bool = False
    engine: AskedEngine = "torch"

    def __post_init__(self) -> None:
        if self.model is not None and self.style is not None:
            raise FilesError(f"--model {self.model} and --style {self.style} are both given: give one of them")
        if self.model is not None and self.task in KEEPING:
            raise FilesError(f"--model {self.model} and --task {self.task} are both given: give one of them")
        if self.model is None and self.backwards:
            raise FilesError("--backwards needs a --model that has two directions, as CycleGAN's have")
        check_asked(self.format, self.quality)
        choose(self.precision, self.device)
        if self.engine != "auto":
            check(self.engine, self.precision, self.device)

    @cached_property
    def size(self) -> Target:
        """The target, which is a picture's own size where task or model keep that."""
        return target_for(self.target, self.task, self.model, self.style)

    @property
    def mark(self) -> str | None:
        """What was done, for names of results."""
        if self.backwards:
            return "backwards"
        return self.style or (self.task if self.task in KEEPING else None)


@dataclass(frozen=True)
class Job:
    """One picture: a file, or "-" for standard input, and where it goes (None beside an input whose format decides)."""

    source: Path | Stdio
    target: Path | Stdio


Progress = Callable[[int, int], None]
"""Called with the rows done and the rows in all."""


def jobs(inputs: Sequence[Path], output: Path | None, options: Options) -> list[Job]:
    """The pictures that ``inputs`` stand for, each with its place.

    A file goes beside itself as ``photo_x4.jpg`` (``photo_3000x2000.jpg`` where a size was asked for,
    ``photo_x4_restore.jpg`` where a style was, ``photo_deblur.jpg`` after that task, ``photo_backwards.jpg`` in that
    direction), or to ``output``: a file, or a folder (one that exists, or a name without an ending). A folder is walked
    with its subfolders and mirrored into ``output``, by default ``FOLDER-enhanced`` (``FOLDER-restore``,
    ``FOLDER-deblur``, ``FOLDER-backwards``) beside it; names are kept. Raises :class:`FilesError` where an output would
    be an input, or where two inputs have one output.
    """
    found = list(_jobs(inputs, output, options))
    if len(found) > 1 and any(job.target == STDIO for job in found):
        raise FilesError("only one picture can go to the standard output: name a folder with --output")
    if not found:
        raise FilesError(f"there is no picture in {', '.join(str(path) for path in inputs)}")
    sources = {job.source.resolve() for job in found if isinstance(job.source, Path)}
    taken: dict[Path, Path | Stdio] = {}
    for job in found:
        if not isinstance(job.target, Path):
            continue
        place = job.target.resolve()
        if place in sources:
            raise FilesError(f"{job.target} would be written over an input: give another --output")
        if place in taken:
            raise FilesError(f"{taken[place]} and {job.source} would both become {job.target}: give them other names")
        taken[place] = job.source
    return found


def _jobs(inputs: Sequence[Path], output: Path | None, options: Options) -> Iterator[Job]:
    several = len(inputs) > 1 or any(path.is_dir() for path in inputs)
    into_folder = output is not None and str(output) != STDIO and (several or output.is_dir() or not output.suffix)
    for path in inputs:
        if str(path) == STDIO:
            yield Job(STDIO, STDIO if output is None or str(output) == STDIO else output)
        elif path.is_dir():
            folder = output if output is not None else _named_after(path, options.mark)
            if str(folder) == STDIO:
                raise FilesError(f"{path} is a folder: only one picture can go to the standard output")
            for file in _pictures(path, folder):
                yield Job(file, folder / _renamed(file, file.relative_to(path), options))
        elif output is not None and str(output) == STDIO:
            yield Job(path, STDIO)
        elif into_folder and output is not None:
            yield Job(path, output / _renamed(path, Path(path.name), options))
        else:
            yield Job(path, output or _beside(path, options))


def _named_after(folder: Path, mark: str | None) -> Path:
    """``FOLDER-enhanced``, or the ``mark`` in its place, beside it, also where it is called ``.`` or ``..``."""
    whole = folder if folder.name.strip(".") else folder.resolve()
    if not whole.name:
        raise FilesError(f"{folder} has no folder beside it: name one with --output")
    return whole.with_name(f"{whole.name}-{mark or 'enhanced'}")


def _pictures(folder: Path, output: Path) -> Iterator[Path]:
    """The pictures below ``folder``, but not those of an ``output`` that lies within it."""
    own = output.resolve()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if (Path(place) / name).resolve() != own)
        yield from (path for name in sorted(names) if is_picture(path := Path(place) / name))


def _renamed(source: Path, name: Path, options: Options) -> Path:
    """``name`` with the ending of the format in which ``source`` will be written."""
    if options.format is not None:
        return name.with_suffix(_ending(options.format))
    if name.suffix.lower() == ".gif":
        return name.with_suffix(".png")
    if name.suffix.lower() in (".heic", ".heif"):
        return name.with_suffix(".jpg")
    return name


def _beside(path: Path, options: Options) -> Path:
    target = options.size
    mark = "resized"
    if target.width is target.height is target.megapixels is None:
        mark = f"x{target.scale or target.otherwise:g}"
    if target.open and target.otherwise == 1:
        mark = ""
    if mark == "resized":
        try:
            width, height = target.size(*probe(path, max_pixels=options.max_pixels))
        except GanvasError:
            return path.with_name(f"{path.stem}_{mark}{path.suffix}")  # reading it will say what is wrong
        mark = f"{width}x{height}"
    name = _renamed(path, Path(path.name), options)
    marks = [each for each in (mark, options.mark) if each] or ["enhanced"]
    return path.with_name("_".join([path.stem, *marks]) + name.suffix)


def _ending(format: str) -> str:
    name = format.lower().removeprefix(".")
    return SUFFIX_OF.get({"jpg": "jpeg", "tif": "tiff"}.get(name, name), f".{name}")


def is_done(job: Job, options: Options) -> bool:
    """Whether the result is there already, and newer than its source."""
    if options.overwrite or not isinstance(job.source, Path) or not isinstance(job.target, Path):
        return False
    return job.target.exists() and job.source.exists() and job.target.stat().st_mtime >= job.source.stat().st_mtime


def enhance_file(job: Job, options: Options, progress: Progress = lambda done, total: None) -> tuple[str, ...]:
    """Enhances one picture from file to file and returns what its owner should know, a sentence each.

    The target is whole or untouched. Raises :class:`GanvasError` for what cannot be read, made, believed or written.
    """
    content = job.source if isinstance(job.source, Path) else sys.stdin.buffer.read()
    target: Path | BinaryIO = job.target if isinstance(job.target, Path) else sys.stdout.buffer
    if isinstance(target, Path):
        _make_folder(target.parent)
        width, height = options.size.size(*probe(content, max_pixels=options.max_pixels))
        check_target(target, width, height, options.format)
    picture = read(content, max_pixels=options.max_pixels)
    width, height = options.size.size(picture.width, picture.height)
    model = _model(width / picture.width, options)
    picture = model.readied(picture)
    channels = picture.pixels.shape[2]
    with Canvas(width, height, channels, picture.depth, picture.alpha is not None) as canvas:
        _fill(canvas, picture, model, options.guard, progress)
        lost = encode(
            canvas, picture, target, format=options.format or _format(target, picture), quality=options.quality
        )
    return (*picture.remarks, *lost, *model.news())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (
            "there is a file of that name"
            if isinstance(error, FileExistsError | NotADirectoryError)
            else error.strerror
        )
        raise FilesError(f"the folder {folder} cannot be made: {reason}") from error


def _fill(canvas: Canvas, picture: Picture, model: Model, guarded: bool, progress: Progress) -> None:
    guard = Guard(picture, (canvas.width, canvas.height), alike=model.alike)
    for rows in model.rows(picture, (canvas.width, canvas.height)):
        if guarded:
            guard.see(rows)
        canvas.put(canvas.filled, np.nan_to_num(rows, copy=False, posinf=1, neginf=0))
        progress(canvas.filled, canvas.height)
    if guarded:
        guard.verdict()


def _format(target: Path | BinaryIO, picture: Picture) -> str | None:
    return None if isinstance(target, Path) else default_format(picture)


def _model(factor: float, options: Options) -> Model:
    name = options.model or KEEPING.get(options.task) or suited(factor, options.style or "faithful")
    return _loaded(name, options.precision, options.device, options.backwards, options.steady, options.engine)


@lru_cache(maxsize=4)
def _loaded(name: str, precision: Precision, device: str, backwards: bool, steady: bool, engine: AskedEngine) -> Model:
    return Model(load(name), precision=precision, device=device, backwards=backwards, steady=steady, engine=engine)


@dataclass(frozen=True)
class Failure:
    """A picture that could not be done, and why."""

    job: Job
    reason: str


def enhance_files(
    todo: Iterable[Job],
    options: Options,
    progress: Progress = lambda done, total: None,
    finished: Callable[[Job, tuple[str, ...]], None] = lambda job, remarks: None,
) -> list[Failure]:
    """Enhances every picture and returns those that could not be: one broken file does not stop the others.

    Raises GanvasError, before anything is done, for a model that is none.
    """
    failures: list[Failure] = []
    if options.model is not None or options.task in KEEPING:
        _model(4, options)
    for job in todo:
        remarks: tuple[str, ...] = ()
        try:
            remarks = enhance_file(job, options, progress)
        except GuardError as error:
            failures.append(Failure(job, f"{job.source}: {error}"))
        except GanvasError as error:
            failures.append(Failure(job, str(error)))
        except (MemoryError, torch.OutOfMemoryError):
            failures.append(Failure(job, f"{job.source}: there is not enough memory for it"))
        finished(job, remarks)
    return failures
