"""Pickles hold tensors or are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from ganvas.foreign import ForeignError, flat, read_checkpoint


class Runs:
    """What a malicious checkpoint does: names a function to call when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("zipped", [True, False])
def test_nothing_in_a_pickle_is_run(zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "bad.pth"
    torch.save({"weight": Runs(tmp_path / "run")}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(ForeignError, match="could run code of its own"):
        read_checkpoint(path)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\3\4 cut"])
def test_damaged_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(content)
    with pytest.raises(ForeignError, match=r"a\.pth is damaged"):
        read_checkpoint(tmp_path / "a.pth")


def test_a_tensor_alone_is_no_checkpoint(tmp_path: Path) -> None:
    torch.save(torch.zeros(2), tmp_path / "a.pt")
    with pytest.raises(ForeignError, match="no table of tensors"):
        read_checkpoint(tmp_path / "a.pt")


def test_tensors_are_read_as_they_are(tmp_path: Path) -> None:
    tensors = {"a": torch.rand(2, 3), "b": torch.rand(1).half()}
    torch.save({"params_ema": tensors}, tmp_path / "a.pth")
    read = flat(tmp_path / "a.pth")
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[key], tensors[key]) and read[key].dtype == tensors[key].dtype for key in tensors)
    torch.save({"optimizer": {"step": 3}}, tmp_path / "b.pth")
    with pytest.raises(ForeignError, match=r"b\.pth: this checkpoint is no table of tensors"):
        flat(tmp_path / "b.pth")
