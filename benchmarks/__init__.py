"""Measurements side by side with what an analyst would otherwise use."""
