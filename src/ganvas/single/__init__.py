"""What can be made of one photo: samples at any size, enlargements, animations, edits, paintings.

Of a photo that was learnt (:func:`opened`) and, but for enlargements and animations, of one as it is
(:func:`patched`).
"""

from ganvas.single.animation import animate
from ganvas.single.enlarging import enlarge
from ganvas.single.evaluating import Evaluation, evaluate, judge
from ganvas.single.film import save
from ganvas.single.injection import Blend, edit, harmonise, paint
from ganvas.single.patched import Patched, Photo, patched
from ganvas.single.patches import PatchNeighbours
from ganvas.single.retraining import recipe_of, retrained
from ganvas.single.samples import sample
from ganvas.single.trained import SingleError, learnt, opened

__all__ = [
    "Blend",
    "Evaluation",
    "PatchNeighbours",
    "Patched",
    "Photo",
    "SingleError",
    "animate",
    "edit",
    "enlarge",
    "evaluate",
    "harmonise",
    "judge",
    "learnt",
    "opened",
    "paint",
    "patched",
    "recipe_of",
    "retrained",
    "sample",
    "save",
]
