"""What can be made of one photo: samples at any size, enlargements, animations, edits, paintings."""

from ganvas.single.animation import animate
from ganvas.single.enlarging import enlarge
from ganvas.single.film import save
from ganvas.single.injection import Blend, edit, harmonise, paint
from ganvas.single.samples import sample
from ganvas.single.trained import SingleError, opened

__all__ = ["Blend", "SingleError", "animate", "edit", "enlarge", "harmonise", "opened", "paint", "sample", "save"]
