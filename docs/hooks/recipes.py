"""What mkdocs asks while it builds the site: the tables of a recipe, made of its class."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin

from ganvas.recipes import RECIPES, Recipe, find
from ganvas.recipes.recipe import Paper

MARK = re.compile(r"^<!-- recipe: ([\w-]+) -->$", re.MULTILINE)
ROLE = re.compile(r":(?:class|func|mod|meth):(<code>)(?:[\w.]+\.)?(\w+)(</code>)")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """``markdown`` with the paper, settings and presets of a recipe where a page asks for them."""
    return MARK.sub(lambda found: tables(find(RECIPES, found[1])), markdown)


def on_page_content(html: str, **_: Any) -> str:
    """``html`` with the roles of docstrings (:class:`ganvas.game.Stage`) as plain names."""
    return ROLE.sub(r"\1\2\3", html)


def tables(kind: type[Recipe]) -> str:
    """The paper of ``kind``, and its settings and presets as tables in Markdown."""
    return "\n".join(
        [
            f"**Paper:** {paper(kind.paper)}\n",
            "## Settings\n",
            "Generated from the recipe. Each is set by `--set name=value`, or in a TOML file.\n",
            *table(("setting", "default", ""), settings(kind)),
            "\n## Presets\n",
            *table(("preset", "what it changes"), presets(kind)),
        ]
    )


def paper(source: Paper) -> str:
    """Title, authors and year, and a link."""
    address = source.link.replace("arXiv:", "https://arxiv.org/abs/")
    return f"{source.authors}, *{source.title}*, {source.year}, [{source.link.removeprefix('https://')}]({address})"


def settings(kind: type[Recipe]) -> Iterable[tuple[str, str, str]]:
    """Each setting, its default, and what the recipe says of it."""
    said = docstrings(kind)
    for name, field in kind.model_fields.items():
        choices = [f"`{choice}`" for choice in literals(field.annotation)]
        one_of = f"One of {', '.join(choices)}." if choices else ""
        yield f"`{name}`", code(field.default), " ".join(filter(None, (said.get(name, ""), one_of)))


def presets(kind: type[Recipe]) -> Iterable[tuple[str, str]]:
    """Each preset and the settings that it changes."""
    for name, changes in kind.presets.items():
        changed = ", ".join(f"`{key}` = {code(value)}" for key, value in changes.items())
        yield f"`{name}`", changed or "nothing: the defaults"


def docstrings(kind: type[Recipe]) -> dict[str, str]:
    """The strings that stand below the fields of ``kind`` and of the recipes that it extends."""
    said: dict[str, str] = {}
    for each in reversed([each for each in kind.__mro__ if issubclass(each, Recipe)]):
        (body,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        assert isinstance(body, ast.ClassDef)
        for field, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
                assert isinstance(below.value, ast.Constant)
                said[field.target.id] = inspect.cleandoc(str(below.value.value)).replace("``", "`").replace("\n", " ")
    return said


def literals(annotation: Any) -> list[Any]:
    """The words that a setting may be, where there are only some."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    found = [literals(part) for part in get_args(annotation) if get_origin(part) is Literal]
    return [*found[0], None] if found and type(None) in get_args(annotation) else []


def code(value: Any) -> str:
    """``value`` as one would read it in a table; of what has fields of its own only those that were changed."""
    if not is_dataclass(value):
        return f"`{value}`"
    plain = type(value)()
    changed = [field.name for field in fields(value) if getattr(value, field.name) != getattr(plain, field.name)]
    return f"`{type(value).__name__}`" + (f" (another {', '.join(f'`{name}`' for name in changed)})" if changed else "")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
