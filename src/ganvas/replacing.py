"""A file that is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Yields a file beside ``path`` to be written, which in the end takes its place; where that fails it is gone.

    The number of the process is in its name: several may make the same file side by side.
    """
    scratch = path.with_name(f".{path.name[:100]}.{os.getpid()}.partial")
    try:
        yield scratch
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
