"""Models that others trained: their files read without running anything in them, their nets recognised."""

from ganvas.foreign.files import ENDINGS, flat, read_checkpoint
from ganvas.foreign.recognise import Foreign, recognise
from ganvas.foreign.refusal import ForeignError

__all__ = ["ENDINGS", "Foreign", "ForeignError", "flat", "read_checkpoint", "recognise"]
