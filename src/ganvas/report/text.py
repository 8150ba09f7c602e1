"""A text file that is either whole or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ganvas.errors import GanvasError
from ganvas.replacing import replacing


class ReportError(GanvasError):
    """A report that cannot be written; the message is one sentence for the user."""


def write_text(path: Path, text: str) -> None:
    """Writes ``text`` to ``path`` as UTF-8, in one step; raises :class:`ReportError` where that cannot be."""
    check_target(path)
    try:
        with replacing(path) as scratch:
            scratch.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path} cannot be written: {error.strerror or error}") from None


def write_json(path: Path, held: Any) -> None:
    """Writes ``held`` to ``path`` like :func:`write_text`, as JSON for people; ValueError for NaN and infinities."""
    write_text(path, json.dumps(held, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def make_folder(folder: Path) -> None:
    """Makes ``folder``, unless it is there; raises :class:`ReportError` where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportError(f"the folder {folder} cannot be made: {error.strerror or error}") from None


def check_target(path: Path) -> None:
    """Raises :class:`ReportError` if nothing could be written to ``path``: to be asked before the work."""
    if path.is_dir():
        raise ReportError(f"{path} is a folder: name the file in it that is to be written")
    if not path.parent.is_dir():
        raise ReportError(f"{path} cannot be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise ReportError(f"{path} cannot be written: permission denied in the folder {path.parent}")
