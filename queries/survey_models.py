"""Models of satisfaction: small areas, drivers, gaps."""

from queries.python_models import PythonModel

SURVEY_MODELS: tuple[PythonModel, ...] = ()
