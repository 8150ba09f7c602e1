"""How good pictures get spoiled."""

from ganvas.degrade.low_resolution import Reduction, reduce

__all__ = ["Reduction", "reduce"]
