"""All trainings of the notes on Improved SinGAN, each beside the original one, as a site."""

from ganvas.experiments.improved_singan.arms import NAME
from ganvas.experiments.improved_singan.conduct import conduct

CLAIM = (
    "Levels of a SinGAN that end early, are shown the real image or are joined by super-resolution give as good"
    " pictures as the original training, or in less time, as far as the notes say so of each of 18 trainings."
)

__all__ = ["CLAIM", "NAME", "conduct"]
