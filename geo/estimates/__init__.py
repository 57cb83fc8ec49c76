"""Estimates with honest uncertainty: pure functions on counts, exposures and scores."""
