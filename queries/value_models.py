"""Models of spend, contracts, and what schemes changed."""

from queries.python_models import PythonModel

VALUE_MODELS: tuple[PythonModel, ...] = ()
