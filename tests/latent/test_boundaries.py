"""Boundaries of attributes whose direction is known."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest
import torch

from ganvas.latent.attributes import measured
from ganvas.latent.boundaries import (
    Boundary,
    conditioned,
    correlations,
    cosines,
    edited,
    fit,
    keep,
    recalled,
    rescoring,
)
from ganvas.latent.model import Generator, LatentError


def units(count: int, dims: int = 12, seed: int = 0) -> torch.Tensor:
    drawn = torch.randn(count, dims, generator=torch.Generator().manual_seed(seed))
    return drawn / drawn.norm(dim=1, keepdim=True)


def test_a_linear_score_is_found() -> None:
    codes = torch.randn(20_000, 64, generator=torch.Generator().manual_seed(0))
    (truth,) = units(1, 64, seed=1)
    found = fit(codes, codes @ truth, 0.02)
    assert found.normal @ truth > 0.98
    assert found.normal.norm() == pytest.approx(1)
    assert found.validation == 1
    scores = codes @ truth
    middle = (scores.max() + scores.min()) / 2
    between = ((scores > min(0.0, middle.item())) & (scores < max(0.0, middle.item()))).float().mean()
    # The two differ where the extremes lie askew: there the threshold is not where the boundary is.
    assert found.remaining == pytest.approx(1 - between.item() / 0.96, abs=0.05)
    assert found.count == 2 * 280


def test_a_count_a_cap_and_codes_without_a_score() -> None:
    codes = torch.randn(200, 4, generator=torch.Generator().manual_seed(0))
    scores = codes[:, 0].clone()
    scores[:100] = float("nan")
    assert fit(codes, scores, 20).count == 2 * 14
    whole = fit(codes, scores, 1.0)
    assert whole.count == 2 * 35
    assert whole.remaining != whole.remaining, "nothing is left"
    assert torch.equal(fit(codes, scores, 20).normal, fit(codes[100:], scores[100:], 20).normal)
    for ratio, sentence in ((0.0, "a share"), (0.01, "too few")):
        with pytest.raises(LatentError, match=sentence):
            fit(codes, scores, ratio)


def test_sweeps_have_exact_distances() -> None:
    codes, (normal,) = torch.randn(5, 12, generator=torch.Generator().manual_seed(1)), units(1)
    swept = edited(codes, normal, -3, 3, 10)
    assert swept.shape == (5, 10, 12)
    assert torch.allclose(swept @ normal, torch.linspace(-3, 3, 10).expand(5, 10), atol=1e-5)
    aside = swept - (swept @ normal)[..., None] * normal
    assert torch.allclose(aside, aside[:, :1].expand_as(aside), atol=1e-5), "nothing else moves"


def test_conditions_are_kept() -> None:
    normal, *kept = units(5)
    for number in range(5):
        new = conditioned(normal, kept[:number])
        assert new.norm() == pytest.approx(1, abs=1e-6)
        assert all(abs(float(new @ each)) < 1e-6 for each in kept[:number])
    assert torch.equal(conditioned(normal, []), normal)


def test_one_and_two_conditions_are_the_formulas_of_the_authors() -> None:
    normal, one, other = units(3)
    plain = normal - (normal @ one) * one
    assert torch.allclose(conditioned(normal, [one]), plain / plain.norm(), atol=1e-6)
    c, p1, p2 = one @ other, normal @ one, normal @ other
    alpha, beta = (p1 - p2 * c) / (1 - c**2 + 1e-8), (p2 - p1 * c) / (1 - c**2 + 1e-8)
    twice = normal - alpha * one - beta * other
    assert torch.allclose(conditioned(normal, [one, other]), twice / twice.norm(), atol=1e-6)


def test_what_cannot_be_kept() -> None:
    normal, one = units(2)
    with pytest.raises(LatentError, match="the same"):
        conditioned(normal, [one, one])
    with pytest.raises(LatentError, match="nothing of it is left"):
        conditioned(one, [one])


def test_matrices() -> None:
    normals = list(units(3))
    assert torch.allclose(cosines(normals).diagonal(), torch.ones(3))
    assert cosines(normals)[0, 1] == pytest.approx(float(normals[0] @ normals[1]))
    drawn = torch.randn(4000, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(4000, generator=torch.Generator().manual_seed(1))
    mixed = 0.6 * drawn + 0.8 * noise
    mixed[0] = float("nan")
    assert correlations([drawn, mixed])[0, 1] == pytest.approx(0.6, abs=0.03)


def test_a_condition_halves_what_goes_along() -> None:
    """Pictures that show their codes, and two scores that lean on the same components."""

    def shown(images: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        return images.flatten(1) @ weights

    generator = Generator(torch.nn.Unflatten(1, (1, 4, 4)), 16)
    one, aside = units(2, 16, seed=3)
    other = 0.7 * one + 0.7 * aside
    scores = {"one": partial(shown, weights=one), "other": partial(shown, weights=other)}
    codes, values = measured(generator, scores, 3000, 7)
    first, second = (fit(codes, values[name], 0.1).normal for name in scores)
    assert cosines([first, second])[0, 1] > 0.5
    ways = {"plain": first, "kept": conditioned(first, [second])}
    (plain, along), (kept, left) = rescoring(generator, ways, scores, count=200).tolist()
    assert plain == pytest.approx(3, rel=0.1), "along the boundary's own normal a score rises by alpha"
    assert kept > 0.5 * plain
    assert abs(left) < 0.5 * abs(along)


def test_boundaries_are_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "boundaries.safetensors"
    own = {"slant": Boundary(units(1)[0], 0.9, 0.8, 10)}
    keep(path, own, "model")
    (found,) = recalled(path, 12).values()
    assert torch.equal(found.normal, own["slant"].normal)
    assert (found.validation, found.remaining, found.count) == (0.9, 0.8, 10)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with pytest.raises(LatentError, match="another model"):
        recalled(path, 13)
    (tmp_path / "other.safetensors").write_bytes(b"no")
    with pytest.raises(LatentError, match="holds no boundaries"):
        recalled(tmp_path / "other.safetensors", 12)
    with pytest.raises(LatentError, match="ends in"):
        keep(tmp_path / "b.json", own, "model")


def test_without_scikit_learn_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    codes = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    with pytest.raises(LatentError, match=r"pip install 'ganvas\[latent\]'"):
        fit(codes, codes[:, 0], 0.5)
