"""The pool does what one process does, byte for byte and word for word, and loses nothing with a worker."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from PIL import Image

from ganvas.cluster.pool import enhance_in_pool
from ganvas.enhancement import Target
from ganvas.enhancement.files import FilesError, Job, Options, enhance_files, jobs
from ganvas.weights import WeightsError

Seen = list[tuple[str, tuple[str, ...]]]
Contents = Callable[[Path], dict[str, bytes]]


def test_bytes_order_and_sentences_are_those_of_one_process(
    folder: Path, model: str, tmp_path: Path, contents: Contents
) -> None:
    options = Options(Target(scale=2), model)
    one, two = (jobs([folder], tmp_path / name, options) for name in ("one", "two"))
    seen_by_one: Seen = []
    seen_by_two: Seen = []
    alone = enhance_files(one, options, finished=lambda job, said: seen_by_one.append((str(job.source), said)))
    pooled = enhance_in_pool(two, options, 2, lambda job, said: seen_by_two.append((str(job.source), said)))
    assert [failure.reason for failure in pooled] == [failure.reason for failure in alone]
    assert len(pooled) == 1
    assert seen_by_two == seen_by_one
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert len(contents(tmp_path / "two")) == 5


def test_a_worker_that_is_killed_costs_no_picture(
    folder: Path, model: str, tmp_path: Path, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent / "fakes")
    deadly = import_module("deadly_target")
    (folder / "broken.png").unlink()
    for name, width in (("once", deadly.ONCE), ("always", deadly.ALWAYS)):
        with Image.open(folder / "a.png") as picture:
            picture.resize((width, 24)).save(folder / f"{name}.png")
    options = Options(deadly.DeadlyTarget(scale=2, graves=str(tmp_path)), model)
    todo = jobs([folder], tmp_path / "made", options)
    order: list[Path | str] = []
    failures = enhance_in_pool(todo, options, 2, lambda job, _: order.append(job.source))
    assert [failure.reason for failure in failures] == [
        f"{folder / 'always.png'}: the worker that did it was killed twice, most likely for want of memory: try it"
        " without --workers"
    ]
    assert order == [job.source for job in todo]
    assert sorted(contents(tmp_path / "made")) == ["a.png", "b.png", "c.jpg", "d.png", "more/e.png", "once.png"]
    assert (tmp_path / str(deadly.ONCE)).read_text() == "x"
    assert (tmp_path / str(deadly.ALWAYS)).read_text() == "xx"


def test_a_model_that_is_none_is_refused_before_anything_is_done(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "no.safetensors").write_bytes(b"nonsense")
    options = Options(model=str(tmp_path / "no.safetensors"))
    with pytest.raises(WeightsError, match=r"no\.safetensors"):
        enhance_in_pool([Job(folder / "a.png", tmp_path / "made.png")], options, 2)
    assert not (tmp_path / "made.png").exists()


def test_what_no_worker_can_have_is_refused(model: str) -> None:
    with pytest.raises(FilesError, match="leave out --workers"):
        enhance_in_pool([Job("-", Path("b.png"))], Options(model=model), 2)


def test_ctrl_c_leaves_whole_pictures_and_the_same_command_goes_on(
    folder: Path, model: str, tmp_path: Path, contents: Contents
) -> None:
    made = tmp_path / "made"
    (folder / "broken.png").unlink()
    words = ["-m", "ganvas", "enhance", folder, "-o", made, "--scale", 2, "--model", model, "--workers", 2]
    command = [sys.executable, *map(str, words)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not (made.is_dir() and any(contents(made))):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=120)[1]
    assert process.returncode in (0, 130)  # 0 where the last one was done by then
    assert "Traceback" not in said
    assert set(contents(made)) <= {"a.png", "b.png", "c.jpg", "d.png", "more/e.png"}
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    assert set(contents(made)) == {"a.png", "b.png", "c.jpg", "d.png", "more/e.png"}
