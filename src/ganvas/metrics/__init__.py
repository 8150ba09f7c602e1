"""How close a picture is to another: each figure with the protocol it was taken by."""

from ganvas.metrics.fidelity import MetricError, ms_ssim, psnr, ssim
from ganvas.metrics.perceptual import perceptual_distance
from ganvas.metrics.protocol import MEASURES, Channel, Protocol, Scores, compare

__all__ = [
    "MEASURES",
    "Channel",
    "MetricError",
    "Protocol",
    "Scores",
    "compare",
    "ms_ssim",
    "perceptual_distance",
    "psnr",
    "ssim",
]
