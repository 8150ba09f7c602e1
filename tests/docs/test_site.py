"""What the documentation holds, and that the built site needs nobody else."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from ganvas.recipes import RECIPES
from ganvas.recipes.recipe import Paper
from ganvas.recipes.singan import SinGANRecipe

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("documented_recipes", DOCS / "hooks" / "recipes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_has_a_page_that_is_linked(name: str) -> None:
    page = (DOCS / "systems" / f"{name}.md").read_text()
    assert page.rstrip().endswith(f"<!-- recipe: {name} -->")
    assert f"({name}.md)" in (DOCS / "systems" / "index.md").read_text()
    assert f"systems/{name}.md" in (ROOT / "mkdocs.yml").read_text()


@pytest.mark.parametrize("name", RECIPES)
def test_the_tables_of_a_recipe_are_whole(name: str, hook: ModuleType) -> None:
    made = hook.on_page_markdown(f"text\n\n<!-- recipe: {name} -->\n")
    kind = RECIPES[name]
    assert kind.paper.title in made
    for word in (*kind.model_fields, *kind.presets):
        assert f"| `{word}` |" in made
    rows = [line for line in made.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3, 4}  # of two tables, no cell torn apart


def test_settings_are_told_by_their_docstrings(hook: ModuleType) -> None:
    class Told(SinGANRecipe):
        name = "told"
        paper = Paper("A title", "Someone", 2000, "arXiv:2000.00001")
        presets: ClassVar = {"smoke": {"kernel": 5}}

        kernel: int = 3
        """Of what is told,
        in two ``lines``."""

    said = {row[0]: row[1:] for row in hook.settings(Told)}
    assert said["`kernel`"] == ("`3`", "Of what is told, in two `lines`.")
    assert said["`max_size`"] == ("`250`", "The longer side of the finest.")  # of the recipe that it extends
    assert said["`penalty_over`"][1] == "One of `sample`, `channels`."
    assert "[arXiv:2000.00001](https://arxiv.org/abs/2000.00001)" in hook.paper(Told.paper)
    assert list(hook.presets(Told)) == [("`smoke`", "`kernel` = `5`")]


def test_roles_of_docstrings_become_names(hook: ModuleType) -> None:
    html = "<p>See :class:<code>ganvas.game.Stage</code> and <code>:class:</code>.</p>"
    assert hook.on_page_content(html) == "<p>See <code>Stage</code> and <code>:class:</code>.</p>"


def test_a_page_that_names_no_recipe_is_refused(hook: ModuleType) -> None:
    with pytest.raises(Exception, match="did you mean 'srgan'"):
        hook.on_page_markdown("<!-- recipe: srgam -->")


@pytest.mark.slow
def test_the_site_is_built_and_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = pytest.importorskip("mkdocs.commands.build", reason="the extra docs is not installed")
    from mkdocs.config import load_config

    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    build.build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True))
    pages = [path for path in tmp_path.rglob("*.html") if "experiments" not in path.parts]
    assert len(pages) > 50
    for page in pages:
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\bsrc=\"(.*?)\"|<link[^>]*\bhref=\"(.*?)\"", page.read_text())
        assert not [one or other for one, other in loaded if re.match(r"(https?:)?//", one or other)], page
    assert (tmp_path / "experiments" / "one-sided.html").read_bytes() == (
        DOCS / "experiments" / "one-sided.html"
    ).read_bytes()
    assert (tmp_path / "search" / "search_index.js").stat().st_size > 100_000
