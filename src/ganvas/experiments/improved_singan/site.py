"""The site as a folder, which is either whole or not there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ganvas.experiments.experiment import ExperimentError, Preset
from ganvas.experiments.improved_singan.arms import NAME
from ganvas.experiments.improved_singan.gallery import pictures_of
from ganvas.experiments.improved_singan.notes import TABLES
from ganvas.experiments.improved_singan.pages import index_page, table_page
from ganvas.experiments.improved_singan.result import Result
from ganvas.experiments.improved_singan.tables import markdown
from ganvas.images import write

SUMMARY = "summary.json"

QUALITY = 92
"""Of the pictures: the eye cannot tell more, and a site of two small photos is to be light."""


def site_in(output: Path, preset: Preset) -> Path:
    """Where the site is to be; raises :class:`ExperimentError`, before the work, where it cannot be written."""
    target = output / f"{NAME}-{preset}"
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExperimentError(f"the folder {output} cannot be made: {error.strerror or error}") from None
    if not os.access(output, os.W_OK | os.X_OK):
        raise ExperimentError(f"{target} cannot be written: permission denied in the folder {output}")
    if target.exists() and not (target / SUMMARY).is_file():
        raise ExperimentError(f"{target} exists and is no site of this experiment: give another --output")
    return target


def write_site(result: Result, target: Path, command: str) -> Path:
    """Writes the site of ``result`` to ``target``, in place of one that is there, and gives its first page."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        _fill(scratch, result, command)
        if target.exists():
            target.rename(old)
        scratch.rename(target)
    except OSError as error:
        raise ExperimentError(f"{target} cannot be written: {error.strerror or error}") from None
    finally:
        for folder in (scratch, old):
            shutil.rmtree(folder, ignore_errors=True)
    return target / "index.html"


def _fill(folder: Path, result: Result, command: str) -> None:
    for name, picture in pictures_of(result).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(picture, folder / name, quality=QUALITY)
    pages = {"index": index_page(result, command), **{table.name: table_page(result, table) for table in TABLES}}
    texts = {f"{name}.html": page for name, page in pages.items()}
    for name, text in {**texts, SUMMARY: result.as_json(), "summary.md": markdown(result)}.items():
        (folder / name).write_text(text, encoding="utf-8")
