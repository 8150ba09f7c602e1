"""Formulas: pure functions, or frozen classes where a loss has two sides."""
