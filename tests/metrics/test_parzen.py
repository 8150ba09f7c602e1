"""The Parzen window: closed forms, SciPy's mixture, and a width that the test data did not choose."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from ganvas.metrics import MetricError, parzen
from ganvas.metrics.parzen import ROWS, WIDTHS, log_likelihood


def drawn(count: int, *shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("width", [0.05, 0.3, 2.0])
def test_one_sample_is_one_gaussian(width: float) -> None:
    sample, data = drawn(1, 5), drawn(7, 5, seed=1)
    (values,) = log_likelihood(sample, data, [width])
    squares = (data - sample).double().square().sum(1)
    expected = -squares / (2 * width**2) - 5 * math.log(width * math.sqrt(2 * math.pi))
    assert values.dtype == torch.float64
    torch.testing.assert_close(values, expected, rtol=1e-9, atol=1e-9)


def test_many_are_scipys_mixture() -> None:
    samples, data, widths = drawn(30, 4), drawn(11, 4, seed=1), [0.1, 0.25, 1.0]
    found = log_likelihood(samples, data, widths)
    assert found.shape == (3, 11)
    for values, width in zip(found, widths, strict=True):
        each = [multivariate_normal(mean.double().numpy(), width**2).logpdf(data.double().numpy()) for mean in samples]
        np.testing.assert_allclose(values, logsumexp(each, axis=0) - math.log(30), rtol=1e-9)


def test_it_is_a_density() -> None:
    samples = drawn(5, 1)
    line = torch.linspace(-3, 4, 7001)[:, None]
    (values,) = log_likelihood(samples, line, [0.2])
    assert values.exp().sum().item() * 7 / 7000 == pytest.approx(1, rel=1e-6)


def test_pictures_are_flattened_and_compared_in_parts() -> None:
    samples, data = drawn(6, 1, 4, 3), drawn(ROWS + 3, 1, 4, 3, seed=1)
    (values,) = log_likelihood(samples, data, [0.4])
    assert len(values) == ROWS + 3
    for place in (0, ROWS - 1, ROWS, ROWS + 2):
        (alone,) = log_likelihood(samples.flatten(1), data[place : place + 1].flatten(1), [0.4])
        assert values[place].item() == pytest.approx(alone.item(), rel=1e-12)


def test_far_from_every_sample_there_is_still_a_number() -> None:
    (values,) = log_likelihood(torch.zeros(3, 784), torch.ones(1, 784), [0.01])
    assert values.item() == pytest.approx(-784 / (2 * 0.01**2) - 784 * math.log(0.01 * math.sqrt(2 * math.pi)))


def test_the_width_is_the_one_that_suits_the_validation_data() -> None:
    """For many samples of a Gaussian the best window is narrow, for a few wide; the test data have no say."""
    samples = torch.randn(400, 2, generator=torch.Generator().manual_seed(0))
    held, test = (torch.randn(300, 2, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    widths = [0.05, 0.1, 0.2, 0.4, 0.8]
    found = parzen(samples, held, test, widths)
    means = log_likelihood(samples, held, widths).mean(1)
    assert found.width == widths[int(means.argmax())]
    assert found.width not in (0.05, 0.8)
    (values,) = log_likelihood(samples, test, [found.width])
    assert found.mean == pytest.approx(values.mean().item())
    assert found.error == pytest.approx(values.numpy().std(ddof=1) / math.sqrt(300))
    narrow = parzen(samples, samples, test, widths)
    assert narrow.width == 0.05, "its own samples are likeliest by the narrowest"
    assert narrow.mean < found.mean
    assert parzen(samples[:10], held, test, widths).width > found.width


def test_better_samples_are_likelier() -> None:
    held, test = drawn(50, 20, seed=1), drawn(50, 20, seed=2)
    good, poor = drawn(200, 20), drawn(200, 20) * 0.2
    assert parzen(good, held, test).mean > parzen(poor, held, test).mean + 5


def test_by_default_the_widths_are_the_authors() -> None:
    np.testing.assert_allclose(WIDTHS, np.logspace(-1, 0, 10))
    assert parzen(drawn(20, 4), drawn(20, 4, seed=1), drawn(20, 4, seed=2)).width in WIDTHS


def test_one_picture_has_no_error() -> None:
    found = parzen(drawn(5, 4), drawn(5, 4, seed=1), drawn(1, 4, seed=2))
    assert math.isfinite(found.mean)
    assert math.isnan(found.error)


def test_what_cannot_be_compared() -> None:
    with pytest.raises(MetricError, match="at least one"):
        log_likelihood(torch.zeros(0, 2), torch.zeros(1, 2), [1.0])
    with pytest.raises(ValueError, match="samples of 3 values and pictures of 2"):
        log_likelihood(torch.zeros(1, 3), torch.zeros(1, 2), [1.0])
