"""A table of experiments: what is played, what is skipped, what is said of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ganvas.cli.main import app
from ganvas.cluster.sweep import Play, SweepError, alternatives, cells, is_finished, one_after_another, play_cell
from ganvas.errors import GanvasError
from ganvas.recipes import SettingsError

SMALL = ["--preset", "smoke", "--log-every", "1", "--device", "cpu"]
SETTINGS = {"log_every": 1, "device": "cpu"}


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr (or the error that main() would print)."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if isinstance(result.exception, GanvasError):
        return 1, result.stdout, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_all_combinations_have_folders_of_their_own(tmp_path: Path) -> None:
    found = cells("espcn", "smoke", ["batch=2,4", "rates=[1e-3, 1e-4],[1, 2]", "rounds=[3, 1]"], 2, tmp_path)
    assert len(found) == len({cell.folder for cell in found}) == 8
    assert found[1].folder.name == "batch=2,rates=1e-3_1e-4,seed=1"
    played = [(cell.recipe.model_dump(), cell.seed) for cell in found]
    assert {(fields["batch"], fields["rates"], seed) for fields, seed in played} == {
        (batch, rates, seed) for batch in (2, 4) for rates in ((1e-3, 1e-4), (1, 2)) for seed in (0, 1)
    }
    assert {fields["rounds"] for fields, _ in played} == {(3, 1)}


@pytest.mark.parametrize("asked", ["width", "=3", "width="])
def test_what_is_no_setting_is_refused(asked: str) -> None:
    with pytest.raises(SweepError, match="key=a,b,c"):
        alternatives(asked)


def test_what_cannot_be_told_apart_or_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SweepError, match="each value of --set once"):
        cells("espcn", "smoke", ["batch=2,2"], 1, tmp_path)
    with pytest.raises(SweepError, match="--set batch is given twice"):
        cells("espcn", "smoke", ["batch=2", "batch=4"], 1, tmp_path)
    with pytest.raises(SettingsError, match="did you mean 'batch'"):
        cells("espcn", "smoke", ["bacth=2,4"], 1, tmp_path)


def test_a_table_is_played_shown_and_gone_on_with(tmp_path: Path, prepared: Path) -> None:
    table = tmp_path / "table"
    code, said, _ = run("sweep", "espcn", *SMALL, "--data", prepared, "--set", "batch=2,4", "--seeds", 2, "-o", table)
    assert code == 0
    rows = json.loads((table / "table.json").read_text())
    assert [row["settings"] for row in rows["runs"]] == [{"batch": "2"}] * 2 + [{"batch": "4"}] * 2
    assert all(row["finished"] for row in rows["runs"])
    for row in rows["runs"]:
        last = json.loads((table / row["run"] / "log.jsonl").read_text().splitlines()[-1])
        assert row["figures"]["generator: mse"] == last["generator"]["mse"]
    of_two = [row["figures"]["generator: mse"] for row in rows["runs"][:2]]
    assert rows["means"][0]["figures"]["generator: mse"]["mean"] == pytest.approx(sum(of_two) / 2)
    assert (table / "table.md").read_text() in said
    assert "batch=4,seed=1" in (table / "comparison.html").read_text()
    before = {path: path.stat().st_mtime_ns for path in table.rglob("*.pt")}

    code, _, told = run("sweep", "espcn", *SMALL, "--data", prepared, "--set", "batch=2,4,1", "--seeds", 2, "-o", table)
    assert code == 0
    assert "4 of 6 runs are finished already" in told
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(json.loads((table / "table.json").read_text())["runs"]) == 6

    assert run("sweep", "espcn", *SMALL, "--data", tmp_path, "-o", table)[2].endswith("give another --output")
    changed = run(
        "sweep", "espcn", *SMALL, "--data", prepared, "--set", "batch=2,4", "--set", "rates=[1, 1]", "-o", table
    )
    assert "holds a run with other settings" in changed[2]


def test_a_run_that_fails_does_not_stop_the_others(tmp_path: Path, prepared: Path) -> None:
    table = tmp_path / "table"
    asked = ["--set", "rates=[1e30, 1],[1e-3, 1e-4]"]
    code, said, told = run("sweep", "espcn", *SMALL, "--data", prepared, *asked, "-o", table)
    assert code == 1
    assert "| [1e30, 1] | 0 | failed |" in said
    assert "| [1e-3, 1e-4] | 0 | yes |" in said
    assert "rates=1e30_1,seed=0: the loss of the generator is not finite" in told


def test_ctrl_c_keeps_what_is_there(tmp_path: Path, prepared: Path) -> None:
    table = tmp_path / "table"
    words = ["sweep", "espcn", *SMALL, "--data", prepared, "--set", "rounds=[1, 1],[100000, 1]", "-o", table]
    command = [sys.executable, "-W", "ignore", "-m", "ganvas", *map(str, words)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:
        log = table / "rounds=100000_1,seed=0" / "log.jsonl"
        while not (log.exists() and log.stat().st_size):
            assert run.poll() is None
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        told = run.communicate(timeout=120)[1]
    assert run.returncode == 130
    assert told.endswith("ganvas: stopped and saved: the same command goes on from there\n")
    assert "Traceback" not in told
    rows = json.loads((table / "table.json").read_text())["runs"]
    assert [row["finished"] for row in rows] == [True, False]
    assert (log.parent / "model.safetensors").exists()


def test_python_can_play_cells_too(tmp_path: Path, prepared: Path) -> None:
    found = cells("espcn", "smoke", ["batch=2,4"], 1, tmp_path)
    play = Play(prepared, SETTINGS)
    assert play_cell(found[0], play, lambda played: None) is None
    assert [is_finished(cell) for cell in found] == [True, False]
    ended = list(one_after_another(found[1:], play, lambda title: nullcontext(lambda played: None)))
    assert ended == [(found[1], None)]
