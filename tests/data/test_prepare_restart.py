"""The same set whatever happened on the way: several workers, kills at any moment, Ctrl-C."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganvas.data.prepare import PrepareError, Settings, prepare
from ganvas.data.prepare.collection import JOURNAL, PARTIAL_ARRAY, Collection

SMALL = Settings(size=32)

SLOWED = """
import signal, sys, time
from pathlib import Path
from ganvas.data.prepare import Settings, prepare
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit that it is ignored
    prepare([Path(sys.argv[1])], Path(sys.argv[2]), Settings(size=32), workers=int(sys.argv[3]),
            watch=lambda done, total: time.sleep(0.5))
"""


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def expected(photos: Path, tmp_path: Path) -> dict[str, str]:
    prepare([photos], tmp_path / "expected", SMALL)
    return contents(tmp_path / "expected")


class KilledError(Exception):
    pass


def killing_after(photos: int) -> Callable[[int, int], None]:
    def watch(done: int, total: int) -> None:
        if done == photos:
            raise KilledError

    return watch


@pytest.mark.parametrize("done", range(10))
def test_stopped_after_any_photo_and_resumed(photos: Path, tmp_path: Path, expected: dict[str, str], done: int) -> None:
    with pytest.raises(KilledError):
        prepare([photos], tmp_path / "out", SMALL, watch=killing_after(done))
    prepare([photos], tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == expected


@pytest.mark.parametrize("lost", [1, 7, 300, 2500, 100_000])
@pytest.mark.parametrize("file", [JOURNAL, PARTIAL_ARRAY])
def test_half_written_files_are_mended(
    photos: Path, tmp_path: Path, expected: dict[str, str], file: str, lost: int
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KilledError):
        prepare([photos], out, SMALL, watch=killing_after(6))
    os.truncate(out / file, max(0, (out / file).stat().st_size - lost))
    if file == JOURNAL:
        with (out / PARTIAL_ARRAY).open("ab") as array:
            array.write(b"torn")
    else:
        with (out / JOURNAL).open("ab") as journal:
            journal.write(b'{"source": "to')
    with Collection(out, SMALL) as found:
        following = found.crops
    (out / "0" / f"{following}.png").write_bytes(b"torn")
    (out / "0" / f"{following}.png.partial").write_bytes(b"torn")
    prepare([photos], out, SMALL)
    assert contents(out) == expected


def test_killed_while_finishing(
    photos: Path, tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def kill_at(source: Path, target: Path) -> None:
        if Path(target).name == moment:
            raise KilledError
        replace(source, target)

    monkeypatch.setattr(os, "replace", kill_at)
    for moment in ("settings.json", "17.png", "skipped.jsonl", "manifest.jsonl", "crops.npy"):  # noqa: B007
        with pytest.raises(KilledError):
            prepare([photos], tmp_path / "out", SMALL)
    moment = ""
    prepare([photos], tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == expected


def test_a_journal_left_behind_by_a_kill_at_the_very_end_is_removed(
    photos: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    prepare([photos], tmp_path / "out", SMALL)
    (tmp_path / "out" / JOURNAL).write_bytes(b"{}\n")
    prepare([photos], tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == expected


def test_a_full_disk_is_one_sentence_and_no_loss(
    photos: Path, tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def fill_up(source: Path, target: Path) -> None:
        if Path(target).name == "30.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fill_up)
        with pytest.raises(PrepareError, match=r"cannot be written \(No space left on device\): once it can"):
            prepare([photos], tmp_path / "out", SMALL)
    prepare([photos], tmp_path / "out", SMALL)
    assert contents(tmp_path / "out") == expected


def begin(photos: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    script = out.parent / "slowed.py"
    script.write_text(SLOWED)
    command = [sys.executable, str(script), str(photos), str(out), str(workers)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        journal = out / JOURNAL
        if journal.exists() and journal.read_bytes().count(b"\n") >= 2:
            return process
        time.sleep(0.01)
    pytest.fail(f"the run did not get going: {process.communicate()[1]!r}")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_killed_with_two_workers_and_resumed(photos: Path, tmp_path: Path, expected: dict[str, str]) -> None:
    out = tmp_path / "out"
    process = begin(photos, out, workers=2)
    with pytest.raises(PrepareError, match="another run is preparing"):
        Collection(out, SMALL)
    process.kill()
    # stderr is shared with the workers: it ends only when they have noticed and ended too.
    process.communicate(timeout=20)
    assert (out / JOURNAL).exists()
    prepare([photos], out, SMALL)
    assert contents(out) == expected


@pytest.mark.skipif(os.name == "nt", reason="signals are not sent to groups here")
def test_interrupt_says_how_to_go_on(photos: Path, tmp_path: Path, expected: dict[str, str]) -> None:
    out = tmp_path / "out"
    process = begin(photos, out, workers=2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said.decode().count("Traceback") == 1
    assert "photos: the same command goes on from there" in said.decode()
    prepare([photos], out, SMALL)
    assert contents(out) == expected


def test_many_photos_come_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(12):  # the first ones are the slowest
        size = 400 if number < 3 else 40
        pixels = np.random.default_rng(number).integers(256, size=(size, size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    prepare([folder], tmp_path / "one", SMALL)
    prepare([folder], tmp_path / "two", SMALL, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
