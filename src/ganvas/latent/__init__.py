"""What can be done with the codes of a trained generator: walks, arithmetic, attribute boundaries, inversion,
completion, encoders.
"""

DEFAULT = "digits-generator"
"""The bundled generator of handwritten digits, the model where no other is asked for."""
