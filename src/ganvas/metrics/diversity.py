"""How different the samples of a single-picture generator are from each other."""

from __future__ import annotations

from typing import Literal

import torch

from ganvas.metrics.fidelity import MetricError

Intensity = Literal["grey", "rgb"]


def diversity(samples: torch.Tensor, image: torch.Tensor, intensity: Intensity = "grey") -> float:
    """The deviation of a pixel over the samples, averaged over pixels, over that of the training picture's pixels
    (Shaham et al. 2019, section 3.1): 0 for equal samples, about 1 for the picture's pixels at random places.

    ``samples`` are (N, 3, H, W), the paper has 100 of the same start level; ``image`` is the training picture, (1, 3,
    h, w), on the same scale. The paper does not say what its intensity is: ``grey`` is the mean of the channels,
    ``rgb`` averages the deviations of the channels, above and below. Deviations are those of a sample (N - 1). Raises
    :class:`MetricError` for a single sample, a flat picture and values that are not numbers.

    >>> image = torch.tensor([0.0, 1.0]).expand(1, 3, 2, 2)
    >>> round(diversity(torch.cat([image, 1 - image]), image), 4)  # sqrt(1/2) / sqrt(1/3)
    1.2247
    """
    if samples.ndim != 4 or image.ndim != 4 or samples.shape[1] != image.shape[1] or len(image) != 1:
        raise ValueError(f"samples (N, C, H, W) and a picture (1, C, h, w), not {[*samples.shape]}, {[*image.shape]}")
    if len(samples) < 2:
        raise MetricError("diversity needs at least two samples")
    if not (samples.isfinite().all() and image.isfinite().all()):
        raise MetricError("diversity cannot be told of pictures with values that are not numbers")
    values, truth = (tensor.detach().cpu().double() for tensor in (samples, image))
    if intensity == "grey":
        values, truth = values.mean(dim=1, keepdim=True), truth.mean(dim=1, keepdim=True)
    spread = truth.std(dim=(2, 3)).mean().item()
    if spread < 1e-12:  # rounding gives a flat picture some deviation
        raise MetricError("diversity is measured against the training picture, which is of one colour here")
    return values.std(dim=0).mean().item() / spread
