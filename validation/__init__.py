"""Estimates held against planted truth and published worked examples; not part of the package."""
