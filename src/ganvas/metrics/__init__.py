"""How close a picture is to another: each figure with the protocol it was taken by."""

from ganvas.metrics.diversity import diversity
from ganvas.metrics.fidelity import MetricError, ms_ssim, psnr, ssim
from ganvas.metrics.frechet import Gaussian, frechet, gaussian
from ganvas.metrics.parzen import Parzen, parzen
from ganvas.metrics.perceptual import perceptual_distance
from ganvas.metrics.protocol import MEASURES, Channel, Protocol, Scores, compare
from ganvas.metrics.sifid import Sifid, sifid

__all__ = [
    "MEASURES",
    "Channel",
    "Gaussian",
    "MetricError",
    "Parzen",
    "Protocol",
    "Scores",
    "Sifid",
    "compare",
    "diversity",
    "frechet",
    "gaussian",
    "ms_ssim",
    "parzen",
    "perceptual_distance",
    "psnr",
    "sifid",
    "ssim",
]
