"""Sums of codes, and which codes are their terms."""

from __future__ import annotations

import pytest
import torch

from ganvas.latent.arithmetic import arithmetic, direction, exemplars, mean_code, named, parsed
from ganvas.latent.attributes import MEASURED, chosen, measured, scores_of
from ganvas.latent.model import Generator, LatentError


def test_arithmetic_is_exact_where_the_generator_is_linear(plane: Generator) -> None:
    a, b, c = plane.sample(9, 0).split(3)
    result = arithmetic(plane, [a, c], [b])
    assert result.shape == (9, 6)
    expected = plane(a).mean(0) - plane(b).mean(0) + plane(c).mean(0)
    assert torch.allclose(plane(result)[4], expected, atol=1e-5)
    assert torch.allclose(plane(b + direction(a, b)).mean(0), plane(a).mean(0), atol=1e-5)


def test_noise_is_about_the_middle_and_bounded(plane: Generator) -> None:
    codes = plane.sample(3, 0)
    result = arithmetic(plane, [codes], noise=0.5, count=201, seed=7)
    away = result - mean_code(codes)
    assert (away[100] == 0).all()
    assert 0.45 < away.abs().max() <= 0.5
    assert away.std() == pytest.approx(0.5 / 3**0.5, rel=0.1)
    assert torch.equal(result, arithmetic(plane, [codes], noise=0.5, count=201, seed=7))
    assert not torch.equal(result, arithmetic(plane, [codes], noise=0.5, count=201, seed=8))


def test_results_stay_in_a_cube() -> None:
    generator = Generator(torch.nn.Identity(), 4, "uniform")
    assert torch.equal(arithmetic(generator, [torch.full((2, 4), 0.9)] * 2, noise=0)[0], torch.ones(4))
    with pytest.raises(LatentError, match="at least one term"):
        arithmetic(generator, [])


def test_exemplars_are_what_is_wanted() -> None:
    codes = torch.arange(8.0)[:, None]
    scores = {"up": torch.arange(8.0), "odd": torch.arange(8) % 2 + torch.arange(8.0) / 100}
    assert exemplars(codes, scores, {"up": "high"}, 2).flatten().tolist() == [7, 6]
    assert exemplars(codes, scores, {"up": "low"}, 2).flatten().tolist() == [0, 1]
    assert set(exemplars(codes, scores, {"up": "high", "odd": "low"}, 1).flatten().tolist()) <= {4.0, 6.0}
    scores["up"][7] = float("nan")
    assert exemplars(codes, scores, {"up": "high"}, 1).item() == 6
    with pytest.raises(LatentError, match="'left'"):
        exemplars(codes, scores, {"left": "high"})


def test_words() -> None:
    assert named(parsed("stroke=high,slant=low")) == "high stroke, low slant"
    for text in ("stroke", "stroke=wide", ""):
        with pytest.raises(LatentError, match="stroke=high,slant=low"):
            parsed(text)


def test_heavy_upright_less_light_upright_and_light_slanted_is_heavy_slanted(bars: Generator) -> None:
    scores = chosen(["slant", "stroke"])
    codes, values = measured(bars, scores, 1000, 0)
    terms = [
        exemplars(codes, values, parsed(text))
        for text in ("stroke=high,slant=low", "stroke=low,slant=high", "stroke=low,slant=low")
    ]
    made = scores_of(bars(arithmetic(bars, terms[:2], terms[2:])), scores)
    for name in scores:
        assert (made[name] > values[name].mean() + values[name].std() / 2).all()
    assert set(MEASURED) == {"slant", "stroke", "size", "ink"}
