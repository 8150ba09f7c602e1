"""Two processes that share each batch play the same game as one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    for processes in (1, 2):
        command = [
            sys.executable,
            "-W",
            "ignore",
            str(script),
            str(tmp_path / str(processes)),
            str(prepared),
            str(processes),
        ]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
        assert done.returncode == 0, done.stderr
    one, two = (losses(tmp_path / processes) for processes in ("1", "2"))
    assert len(one) == 5
    assert one == pytest.approx(two, rel=1e-5)
    assert len(set(one)) == 5
