"""The distances of two sets in one walk: equal to the metrics themselves, with a cache that knows its files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from ganvas import pretrained
from ganvas.metrics import MetricError
from ganvas.metrics.fid import fid, kid
from ganvas.metrics.inception_score import inception_score
from ganvas.metrics.sliced import swd
from ganvas.pretrained import PretrainedError, Weights
from ganvas.report import eye as eyes
from ganvas.report.distances import distances
from ganvas.report.eye import Eye, eye_for
from ganvas.report.sets import picture_set


class Colours(nn.Module):
    """Means in quarters as features, and of the whole as logits; it counts the pictures it has seen."""

    seen = 0

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        self.seen += len(images)
        return {"pooled": nn.functional.adaptive_avg_pool2d(images, 2).flatten(1), "logits": 9 * images.mean((2, 3))}


@pytest.fixture
def eye(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Eye:
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(eyes.LAYERS, "lite0", ("pooled", 12))
    monkeypatch.setitem(eyes.CLASSES, "lite0", 3)
    return Eye("lite0", Colours(), Weights("ab" * 32, True))


def seen(eye: Eye) -> int:
    assert isinstance(eye.net, Colours)
    count, eye.net.seen = eye.net.seen, 0
    return count


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of pictures, the same for the same seed."""

    def make(name: str, seed: int, count: int = 6, size: tuple[int, int] = (20, 18)) -> Path:
        path = tmp_path / name
        path.mkdir()
        random = np.random.default_rng(seed)
        for number in range(count):
            coarse = Image.fromarray(random.integers(256, size=(4, 4, 3), dtype=np.uint8))
            coarse.resize(size, Image.Resampling.BICUBIC).save(path / f"{number}.png")
        return path

    return make


def test_they_are_the_metrics_of_the_pictures(eye: Eye, folder: Callable[..., Path], tmp_path: Path) -> None:
    fakes, reals, told = folder("fakes", 1), folder("reals", 2, 8), list[tuple[int, int]]()
    found = distances(fakes, reals, eye=eye, progress=lambda done, total: told.append((done, total)))
    one, other = (torch.cat(list(picture_set(each).shuffled(0).batches())) for each in (fakes, reals))

    def vectors(images: torch.Tensor) -> torch.Tensor:
        return eye.see(images)[0]

    expected = [
        fid(vectors, eye.sight, [one], [other]),
        kid(vectors, eye.sight, [one], [other]),
        inception_score(lambda images: eye.see(images)[1], eye.classes, [one], 6, 3),
        swd([one], [other[:6]]),
    ]
    assert [figure.label for figure in found.figures] == [figure.label for figure in expected]
    for figure, same in zip(found.figures, expected, strict=True):
        assert figure.value == pytest.approx(same.value, rel=1e-6)
        assert f"{figure.label}: {figure.describe()}" in found.conditions()
    assert found.counts == (6, 8)
    assert told[-1] == (14, 14)
    found.store(tmp_path / "figures.json")
    content = json.loads((tmp_path / "figures.json").read_text())
    assert [each["label"] for each in content["figures"]] == [
        "FID (lite0 features)", "KID (lite0 features)", "IS (lite0 classes)", "SWD"
    ]  # fmt: skip
    assert any("stands in for Inception" in sentence for sentence in content["conditions"])


def test_a_set_is_0_from_itself(eye: Eye, folder: Callable[..., Path]) -> None:
    fakes = folder("fakes", 1)
    found = distances(fakes, fakes, ["swd", "fid"], eye=eye, same_places=True)
    assert [figure.value for figure in found.figures] == pytest.approx([0, 0], abs=1e-9)
    assert distances(fakes, fakes, ["swd"], eye=eye).figures[0].value > 1


def test_statistics_are_kept_as_long_as_the_files_are_the_same(eye: Eye, folder: Callable[..., Path]) -> None:
    fakes, reals = folder("fakes", 1), folder("reals", 2)
    first = distances(fakes, reals, ["fid"], eye=eye)
    assert (seen(eye), first.remembered) == (12, False)
    second = distances(fakes, reals, ["fid"], eye=eye)
    assert (seen(eye), second.remembered) == (6, True)
    assert first.figures == second.figures
    assert any("kept from an earlier time" in sentence for sentence in second.conditions())
    # KID needs the features themselves, which are then kept too.
    third = distances(fakes, reals, ["fid", "kid"], eye=eye)
    assert (seen(eye), third.remembered) == (12, False)
    fourth = distances(fakes, reals, ["kid", "fid"], eye=eye)
    assert (seen(eye), fourth.remembered) == (6, True)
    assert fourth.figures == third.figures[::-1]
    # One file with another content, another net, other pictures: all are made anew.
    (reals / "3.png").write_bytes((fakes / "0.png").read_bytes())
    changed = distances(fakes, reals, ["fid"], eye=eye)
    assert (seen(eye), changed.remembered) == (12, False)
    assert changed.figures != first.figures
    retrained = Eye("lite0", eye.net, Weights("cd" * 32, False))
    assert not distances(fakes, reals, ["fid"], eye=retrained).remembered
    assert not distances(fakes, reals, ["fid"], eye=retrained, limit=5).remembered
    assert distances(fakes, reals, ["fid"], eye=retrained, limit=5, seed=4).remembered


def test_a_file_of_statistics_with_another_hash_or_damaged_is_not_taken(
    eye: Eye, folder: Callable[..., Path], tmp_path: Path
) -> None:
    fakes, reals, shelf = folder("fakes", 1), folder("reals", 2), tmp_path / "shelf"
    right = distances(fakes, reals, ["fid"], eye=eye, references=shelf)
    (kept,) = shelf.iterdir()
    distances(fakes, folder("others", 3), ["fid"], eye=eye, references=shelf)
    (other,) = set(shelf.iterdir()) - {kept}
    kept.write_bytes(other.read_bytes())
    found = distances(fakes, reals, ["fid"], eye=eye, references=shelf)
    assert (found.remembered, found.figures) == (False, right.figures)
    kept.write_bytes(kept.read_bytes()[:100])
    found = distances(fakes, reals, ["fid"], eye=eye, references=shelf)
    assert (found.remembered, found.figures) == (False, right.figures)
    assert distances(fakes, reals, ["fid"], eye=eye, references=shelf).remembered


def test_a_shelf_that_cannot_be_written_is_told(eye: Eye, folder: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "shelf").write_text("a file where the folder should be")
    found = distances(folder("fakes", 1), folder("reals", 2), ["fid"], eye=eye, references=tmp_path / "shelf")
    assert len(found.figures) == 1
    assert "were not kept" in found.remarks[0]


def test_statistics_of_others_for_fid(eye: Eye, folder: Callable[..., Path], tmp_path: Path) -> None:
    fakes, reals, path = folder("fakes", 1), folder("reals", 2), tmp_path / "theirs.npz"
    images = torch.cat(list(picture_set(reals).batches()))
    vectors = eye.see(images)[0].double().numpy()
    np.savez(path, mu=vectors.mean(0), sigma=np.cov(vectors, rowvar=False))
    found = distances(fakes, path, eye=eye)
    expected = distances(fakes, reals, ["fid"], eye=eye).figures[0].value
    assert [figure.label for figure in found.figures] == ["FID (lite0 features)", "IS (lite0 classes)"]
    assert found.figures[0].value == pytest.approx(expected, rel=1e-6)
    assert "6 against an untold number of pictures" in found.figures[0].describe()
    assert [remark.split()[0] for remark in found.remarks] == ["KID", "SWD"]
    with pytest.raises(MetricError, match="KID needs the real pictures"):
        distances(fakes, path, ["kid"], eye=eye)
    np.savez(path, mu=np.zeros(2048), sigma=np.eye(2048))
    with pytest.raises(MetricError, match="2048 features cannot be compared with the 12 of lite0"):
        distances(fakes, path, ["fid"], eye=eye)


def test_sizes_that_differ(eye: Eye, folder: Callable[..., Path]) -> None:
    fakes, reals = folder("fakes", 1), folder("reals", 2, size=(24, 30))
    found = distances(fakes, reals, eye=eye)
    assert len(found.figures) == 3
    assert "SWD needs pictures of one size, and there are 20 x 18 and 24 x 30" in found.remarks[0]
    with pytest.raises(MetricError, match="SWD needs pictures of one size"):
        distances(fakes, reals, ["fid", "swd"], eye=eye)
    with pytest.raises(MetricError, match="at least 16 pixels"):
        distances(small := folder("small", 1, size=(15, 40)), small, ["swd"], eye=eye)


def test_without_a_net_only_swd_is_left(folder: Callable[..., Path]) -> None:
    def none() -> Eye:
        raise PretrainedError("the weights are not here")

    fakes, reals = folder("fakes", 1), folder("reals", 2)
    found = distances(fakes, reals, eye=none)
    assert [figure.label for figure in found.figures] == ["SWD"]
    assert found.remarks[0] == "FID cannot be taken: the weights are not here"
    assert distances(fakes, reals, ["swd"], eye=none).figures == found.figures
    with pytest.raises(PretrainedError, match="not here"):
        distances(fakes, reals, ["is"], eye=none)
    with pytest.raises(PretrainedError, match="not here"):
        distances(fakes, folder("large", 2, size=(40, 40)), eye=none)


def test_too_few_pictures(eye: Eye, folder: Callable[..., Path]) -> None:
    fakes, one = folder("fakes", 1), folder("one", 2, 1)
    for pair in ((fakes, one), (one, fakes)):
        with pytest.raises(MetricError, match=r"only one picture in .*one"):
            distances(*pair, eye=eye)


def test_the_net_is_chosen_by_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[tuple[str, list[str], bool]]()

    def features(name: str, layers: list[str], file: Path | None, *, resized: bool) -> nn.Module:
        asked.append((name, layers, resized))
        return nn.Identity()

    monkeypatch.setattr(eyes, "features", features)
    monkeypatch.setattr(eyes, "weights_of", lambda name, file: Weights("00" * 32, file is None))
    monkeypatch.setenv("GANVAS_CACHE", str(tmp_path))
    assert (eye_for().name, eye_for().sight.official) == ("lite0", True)
    given = eye_for(file=tmp_path / "given.pth")
    assert (given.name, given.sight.called("FID", 2048, "features")) == (
        "inception",
        "FID (inception features of other weights)",
    )
    (tmp_path / "pt_inception-2015-12-05-6726825d.pth").touch()
    assert eye_for().sight.called("FID", 2048, "features") == "FID"
    assert eye_for().classes.called("IS", 1008, "classes") == "IS"
    assert eye_for("lite0").name == "lite0"
    assert set(map(str, asked)) == {"('lite0', ['pooled', 'logits'], True)", "('inception', ['2048', 'logits'], True)"}


def test_trained_features(folder: Callable[..., Path], tmp_path: Path) -> None:
    """Through Lite0: the sizes that are told are those there are."""
    try:
        pretrained.features("lite0", ["stem"])
    except PretrainedError as error:
        pytest.skip(str(error))
    eye = eye_for("lite0")
    vectors, logits = eye.see(torch.rand(2, 3, 40, 30))
    assert (vectors.shape, logits.shape) == ((2, eye.sight.size), (2, eye.classes.size))
    assert eye.sight.official
