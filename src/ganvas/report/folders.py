"""The pictures of a folder, what they are called, and which of another folder each belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ganvas.images import is_picture
from ganvas.metrics import MetricError


def pictures_in(folder: Path) -> list[Path]:
    """The pictures below ``folder``, sorted; :class:`MetricError` if there is none."""
    if not folder.is_dir():
        raise MetricError(f"there is no folder {folder}")
    paths = sorted(path for path in folder.rglob("*") if is_picture(path) and path.is_file())
    if not paths:
        raise MetricError(f"there is no picture in {folder}")
    return paths


def pairs_of(results: Path, truths: Path) -> list[tuple[str, Path, Path]]:
    """Name, result and truth of each picture, in the order of the names; :class:`MetricError` if one has no partner."""
    made, true = by_name(results), by_name(truths)
    for name in sorted(made.keys() ^ true.keys()):
        path, other = (made[name], truths) if name in made else (true[name], results)
        raise MetricError(f"{path} has no partner in {other}: a picture called {name} was looked for")
    return [(name, made[name], true[name]) for name in sorted(true)]


def title(folder: Path) -> str:
    """What ``folder`` is called."""
    return folder.name or folder.resolve().name or str(folder)


def titles(folders: Sequence[Path]) -> dict[str, Path]:
    """The folders, each once, by what they are called, or in full where two would be called the same.

    >>> list(titles([Path("Set5"), Path("a/test"), Path("b/test"), Path("Set5")]))
    ['Set5', 'a/test', 'b/test']
    """
    once = list(dict.fromkeys(folders))
    names = [title(folder) for folder in once]
    return {name if names.count(name) == 1 else str(folder): folder for name, folder in zip(names, once, strict=True)}


def by_name(folder: Path) -> dict[str, Path]:
    """The pictures below ``folder`` by their names without endings; :class:`MetricError` if two have one name."""
    found: dict[str, Path] = {}
    for path in pictures_in(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in found:
            raise MetricError(f"{found[name]} and {path} have one name: it is not clear which to compare")
        found[name] = path
    return found
