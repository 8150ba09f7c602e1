"""Runs and comparisons as figures and as pages that need no network."""
