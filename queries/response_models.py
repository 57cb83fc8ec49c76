"""Models of how reports are answered."""

from queries.python_models import PythonModel

RESPONSE_MODELS: tuple[PythonModel, ...] = ()
