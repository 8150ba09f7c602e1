"""``ganvas report``: one run or several, to a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ganvas.cli.report import report
from ganvas.report.text import ReportError

app = typer.Typer()
app.command()(report)


def run(folder: Path) -> Path:
    folder.mkdir()
    (folder / "recipe.json").write_text('{"recipe": "gan", "seed": 0, "fields": {}}', encoding="utf-8")
    return folder


def test_one_run_has_its_page_beside_its_log(tmp_path: Path) -> None:
    folder = run(tmp_path / "a")
    result = CliRunner().invoke(app, [str(folder)])
    assert result.exit_code == 0, result.output
    assert "Run a" in (folder / "report.html").read_text(encoding="utf-8")
    assert result.output.strip() == str(folder / "report.html")


def test_several_are_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = run(tmp_path / "a"), run(tmp_path / "b")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["a", "b"]).exit_code == 0
    assert "2 runs compared: a, b" in Path("comparison.html").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, [str(a), str(b), "-o", "mine.html"]).exit_code == 0
    assert Path("mine.html").is_file()
    assert not list(tmp_path.glob("*/report.html"))


def test_what_cannot_be_read_or_written_is_one_sentence(tmp_path: Path) -> None:
    folder = run(tmp_path / "a")
    for words in ([str(tmp_path / "nowhere")], [str(folder), "-o", str(tmp_path / "no/page.html")]):
        assert isinstance(CliRunner().invoke(app, words).exception, ReportError)
