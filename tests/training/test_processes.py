"""Two processes that share each batch play the same game as one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganvas.recipes import RECIPES, resolve
from ganvas.runs import Settings, train_into

RUN = """
import sys
from pathlib import Path
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import Settings, train_into

if __name__ == "__main__":
    recipe = resolve(RECIPES, "espcn", "smoke", ["batch=4"])
    settings = Settings(log_every=1, device="cpu", processes=int(sys.argv[3]))
    train_into(Path(sys.argv[1]), recipe, Path(sys.argv[2]), settings)
"""


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["generator"]["mse"] for line in (folder / "log.jsonl").read_text().splitlines()]


def test_two_processes_have_the_losses_of_one(tmp_path: Path, prepared: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(RUN)
    command = [sys.executable, "-W", "ignore", script, tmp_path / "2", prepared, 2]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*map(str, command)], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    recipe = resolve(RECIPES, "espcn", "smoke", ["batch=4"])
    train_into(tmp_path / "1", recipe, prepared, Settings(log_every=1, device="cpu"))
    one, two = (losses(tmp_path / processes) for processes in ("1", "2"))
    assert len(one) == 5
    assert one == pytest.approx(two, rel=1e-5)
    assert len(set(one)) == 5
