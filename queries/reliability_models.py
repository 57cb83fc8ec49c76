"""Models of journey times and the condition of roads."""

from queries.python_models import PythonModel

RELIABILITY_MODELS: tuple[PythonModel, ...] = ()
