"""Why a model of others is not opened."""

from ganvas.errors import GanvasError


class ForeignError(GanvasError):
    """A model of others that cannot be read or is not known; the message is one sentence for the user."""
