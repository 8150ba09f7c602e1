"""From words on the command line to a recipe: one grammar for files and options, errors that name the nearest right
word.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ganvas.errors import GanvasError
from ganvas.recipes.recipe import Recipe


class SettingsError(GanvasError):
    """A recipe, preset or setting that does not exist or does not fit; the message is one sentence for the user."""


def resolve(
    recipes: Mapping[str, type[Recipe]], name: str, preset: str | None = None, settings: Iterable[str] = ()
) -> Recipe:
    """The recipe ``name`` (a word of the table, or a TOML file with the key ``recipe``) with its fields settled.

    Values come from the file, then the preset, then ``settings`` ("key=value", values in TOML's grammar, bare words as
    strings), the later winning.
    """
    fields: dict[str, Any] = {}
    if name.endswith(".toml"):
        fields = _from_file(Path(name))
        name = str(fields.pop("recipe", ""))
        preset = preset or fields.pop("preset", None)
    kind = find(recipes, name)
    if preset is not None:
        if preset not in kind.presets:
            raise SettingsError(f"the recipe {name} has no preset {preset!r}{_nearest(preset, kind.presets)}")
        fields = {**kind.presets[preset], **fields}
    fields |= dict(_parsed(setting) for setting in settings)
    return build(kind, fields)


def find(recipes: Mapping[str, type[Recipe]], name: str) -> type[Recipe]:
    """The recipe called ``name``."""
    if name not in recipes:
        raise SettingsError(f"there is no recipe {name!r}{_nearest(name, recipes)}")
    return recipes[name]


def describe_settings(kind: type[Recipe]) -> dict[str, str]:
    """The settings of ``kind`` with their defaults, as one would write them."""
    return {name: str(field.default) for name, field in kind.model_fields.items()}


def build(kind: type[Recipe], fields: Mapping[str, Any]) -> Recipe:
    """``kind`` with ``fields``; an unknown or unfitting one is a :class:`SettingsError`."""
    for field in fields:
        if field not in kind.model_fields:
            raise SettingsError(f"the recipe {kind.name} has no setting {field!r}{_nearest(field, kind.model_fields)}")
    try:
        return kind(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or kind.name
        raise SettingsError(f"the setting {where} of the recipe {kind.name} does not fit: {first['msg']}") from None


def value(text: str) -> Any:
    """``text`` read as a TOML value, or as a plain string where it is none.

    >>> value("4"), value("[1, 2]"), value("bicubic"), value("1e-3")
    (4, [1, 2], 'bicubic', 0.001)
    """
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _parsed(setting: str) -> tuple[str, Any]:
    key, equals, text = setting.partition("=")
    if not equals:
        raise SettingsError(f"{setting!r} is not a setting: write key=value, such as scale=2")
    return key.strip(), value(text.strip())


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from None


def _nearest(word: str, words: Iterable[str]) -> str:
    words = sorted(words)
    close = difflib.get_close_matches(word, words, n=1)
    return f": did you mean {close[0]!r}?" if close else f"; there are {', '.join(words)}"
