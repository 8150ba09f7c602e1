"""A Ray of our own on this machine: the same bytes and sentences, nothing lost with an actor, no port for others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from ganvas.cluster.connect import RayError, connected
from ganvas.enhancement import Target
from ganvas.enhancement.files import Options, enhance_files, jobs

if find_spec("ray") is None or find_spec("pyarrow") is None:  # asked like this: what Ray is told must be told before
    pytest.skip("Ray Data is not installed: pip install 'ganvas[cluster]'", allow_module_level=True)

FAKES = Path(__file__).parent / "fakes"
Contents = Callable[[Path], dict[str, bytes]]

# Twice Ray in one process: pictures, with two that kill actors, then a table, and whatever it listens on meanwhile.
SCRIPT = """
import json, os, sys
from pathlib import Path

import psutil

from deadly_target import DeadlyTarget
from ganvas.cluster import actors
from ganvas.cluster.connect import connected
from ganvas.enhancement.files import Options, jobs

folder, made, model, graves = sys.argv[1:]
listening = set()


def look(job, remarks):
    order.append(str(job.source))
    for process in psutil.Process().children(recursive=True):
        listening.update(each.laddr.ip for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN)


order = []
options = Options(DeadlyTarget(scale=2, graves=graves), model)
failures = actors.enhance_on_ray(jobs([Path(folder)], Path(made), options), options, "ray", 2, look)
print(json.dumps([[failure.reason for failure in failures], order, sorted(listening)]))
"""


def run(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """``python arguments`` in ``home``, where the fakes can be imported by it and by all that it starts."""
    environment = {**os.environ, "PYTHONPATH": str(FAKES), "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
    words = [sys.executable, *map(str, arguments)]
    return subprocess.run(words, check=False, capture_output=True, text=True, env=environment, cwd=home, timeout=290)


def test_pictures_are_those_of_one_process_whatever_becomes_of_actors(
    folder: Path, model: str, tmp_path: Path, contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(FAKES)
    deadly = import_module("deadly_target")
    options = Options(Target(scale=2), model)
    with Image.open(folder / "a.png") as picture:
        for name, width in (("once", deadly.ONCE), ("always", deadly.ALWAYS)):
            picture.resize((width, 24)).save(folder / f"{name}.png")
    alone = enhance_files(jobs([Path(folder)], tmp_path / "one", options), options)
    (tmp_path / "script.py").write_text(SCRIPT)
    done = run(tmp_path, "script.py", "photos", "made", model, tmp_path)
    assert done.returncode == 0, done.stderr
    failures, order, listening = json.loads(done.stdout)
    killed = "photos/always.png: the actor that did it was lost twice, most likely for want of memory: try it without"
    assert failures == [f"{killed} --on", alone[0].reason.replace(str(folder), "photos")]
    assert order == sorted(order, key=lambda name: (name.count("/"), name))
    one, made = contents(tmp_path / "one"), contents(tmp_path / "made")
    del one["always.png"]
    assert made == one
    assert (tmp_path / str(deadly.ALWAYS)).read_text() == "xx"
    assert all(address.endswith("127.0.0.1") for address in listening)
    assert listening
    assert done.stderr == ""


@pytest.mark.slow
def test_a_table_side_by_side(tmp_path: Path, prepared: Path) -> None:
    words = ["sweep", "espcn", "--preset", "smoke", "--data", prepared, "--device", "cpu", "--log-every", 1]
    asked = ["--set", "batch=2,4", "--set", "rates=[1e30, 1],[1e-3, 1e-4]", "--on", "ray", "--workers", 2]
    done = run(tmp_path, "-m", "ganvas", *words, *asked, "-o", "table")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("the loss of the generator is not finite") == 4  # when it ends, and in the end
    rows = json.loads((tmp_path / "table" / "table.json").read_text())["runs"]
    assert [row["finished"] for row in rows] == [False, True, False, True]


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(RayError, match="--on ray for this machine"), connected("dask"):
        raise AssertionError
