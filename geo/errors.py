"""The errors a user may see, each a paragraph that says what is wrong, where, and what to do."""


class PlacelineError(Exception):
    """Something the user can mend. Shown without a traceback."""


class RegionError(PlacelineError):
    """The region file is wrong: names file, key, value and what is allowed."""


class SourceError(PlacelineError):
    """A source file cannot be used at all: missing, truncated, wrong columns, wrong coordinate system."""


class WarehouseError(PlacelineError):
    """The warehouse could not be built or opened as asked."""
