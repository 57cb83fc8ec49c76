"""Models of collisions against what is usual."""

from queries.python_models import PythonModel

SAFETY_MODELS: tuple[PythonModel, ...] = ()
