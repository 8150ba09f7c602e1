"""Two processes that ``torchrun`` has started play what one plays, stop together, go on exactly and fail with one
sentence.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ganvas.recipes import RECIPES, resolve
from ganvas.runs import Settings, train_into
from ganvas.training.processes import ProcessesError, here_and_machines

PLAYED = """
import os, signal, sys
from pathlib import Path
from ganvas.recipes import RECIPES, resolve
from ganvas.runs import Settings, StoppedError, train_into

home, prepared, unpaired = (Path(each) for each in sys.argv[1:])
settings = Settings(log_every=1, device="cpu")


def stop(played):
    if played.number == 1 and os.environ["RANK"] == "1":  # the other is not told
        os.kill(os.getpid(), signal.SIGTERM)


train_into(home / "espcn", resolve(RECIPES, "espcn", "smoke", ["batch=4"]), prepared, settings)
train_into(home / "real-esrgan", resolve(RECIPES, "real-esrgan", "smoke", ["batch=2"]), prepared, settings)
recipe = resolve(RECIPES, "cyclegan", "smoke", ["batch=2", "pool=2"])
train_into(home / "unbroken", recipe, unpaired, settings)
try:
    train_into(home / "stopped", recipe, unpaired, settings, stop)
    raise SystemExit("it was not stopped")
except StoppedError as error:
    assert "round 2" in str(error), error
train_into(home / "stopped", recipe, unpaired, settings)
"""

FAILING = """
import os, signal, sys
import ganvas.cluster.run
from ganvas.cli.main import main
from ganvas.errors import GanvasError

play = ganvas.cluster.run.train_into
how = sys.argv.pop(1)


def fail(folder, recipe, data, settings, watch):
    def see(played):
        watch(played)
        if played.number == 1 and os.environ["RANK"] == "1":
            if how == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            raise GanvasError("this process has no more batches")

    return play(folder, recipe, data, settings, see)


ganvas.cluster.run.train_into = fail
main()
"""


def torchrun(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-W", "ignore", "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return subprocess.run(
        [*words, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        timeout=290,
    )


def sentences(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if line.startswith("ganvas: ")]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text(FAILING)
    return path


def test_two_processes_play_what_one_plays_and_go_on_exactly(
    tmp_path: Path, prepared: Path, unpaired_folder: Path
) -> None:
    (tmp_path / "script.py").write_text(PLAYED)
    done = torchrun(tmp_path / "script.py", tmp_path / "two", prepared, unpaired_folder)
    assert done.returncode == 0, done.stderr
    settings = Settings(log_every=1, device="cpu")
    for name, batch in (("espcn", 4), ("real-esrgan", 2)):
        recipe = resolve(RECIPES, name, "smoke", [f"batch={batch}"])
        one = load_file(train_into(tmp_path / "one" / name, recipe, prepared, settings))
        two = load_file(tmp_path / "two" / name / "model.safetensors")
        assert one.keys() == two.keys()
        for key, value in one.items():
            torch.testing.assert_close(two[key], value, rtol=1e-4, atol=1e-5)
        lines = [(tmp_path / number / name / "log.jsonl").read_text().splitlines() for number in ("one", "two")]
        for alone, shared in zip(*lines, strict=True):
            assert json.loads(shared)["generator"] == pytest.approx(json.loads(alone)["generator"], rel=1e-3)
    unbroken, stopped = (tmp_path / "two" / name for name in ("unbroken", "stopped"))
    assert (stopped / "model.safetensors").read_bytes() == (unbroken / "model.safetensors").read_bytes()
    assert (stopped / "log.jsonl").read_bytes() == (unbroken / "log.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        pytest.param("fails", "ganvas: this process has no more batches", marks=pytest.mark.slow),
        (
            "killed",
            "ganvas: another process of this training has ended: the same command goes on from the latest snapshot",
        ),
    ],
)
def test_an_error_in_one_process_ends_all_with_one_sentence(
    script: Path, tmp_path: Path, prepared: Path, how: str, sentence: str
) -> None:
    words = ["train", "espcn", "--preset", "smoke", "--data", prepared, "--run", tmp_path / "run", "--device", "cpu"]
    done = torchrun("--", script, how, *words)
    assert done.returncode == 1
    assert sentences(done.stderr) == [sentence]
    assert "Connection closed" not in done.stderr


@pytest.mark.slow
def test_a_batch_that_cannot_be_shared_is_told_once(tmp_path: Path, prepared: Path) -> None:
    words = ["train", "espcn", "--preset", "smoke", "--data", prepared, "--run", tmp_path / "run", "--device", "cpu"]
    done = torchrun("-m", "--", "ganvas", *words, "--set", "batch=3")
    assert done.returncode == 1
    assert sentences(done.stderr) == [
        "ganvas: a batch of 3 cannot be shared equally by 2 processes: give another --set batch or number of processes"
    ]


def test_how_many_processes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert here_and_machines(2) == (2, 1)
    for name, value in {"TORCHELASTIC_RUN_ID": "1", "LOCAL_WORLD_SIZE": "2", "WORLD_SIZE": "6"}.items():
        monkeypatch.setenv(name, value)
    assert here_and_machines(1) == here_and_machines(6) == (2, 3)
    with pytest.raises(ProcessesError, match="leave out --processes"):
        here_and_machines(2)
    monkeypatch.setenv("WORLD_SIZE", "5")
    with pytest.raises(ProcessesError, match="--nproc-per-node"):
        here_and_machines(1)
