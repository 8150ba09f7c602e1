"""A product run over any picture: sizes, tiles, precision, alpha, files and folders."""

from ganvas.enhancement.model import Model, model_for, target_for
from ganvas.enhancement.size import SizeError, Target

__all__ = ["Model", "SizeError", "Target", "model_for", "target_for"]
