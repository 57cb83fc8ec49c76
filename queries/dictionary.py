"""The data dictionary as a page of docs, made from the models' own comments."""

from collections.abc import Mapping

from queries.models import Model
from queries.publish import DICTIONARY

_INTRO = """# Data dictionary

What the published warehouse `placeline.duckdb` holds. Made from the models (`placeline docs`); a test keeps
it in step, so do not edit it. `marts` and `meta` are stable: a column goes or changes type only with a new
schema version. `core` tables hold single rows, only of sources whose licence allows that.
"""


def dictionary_page(models: Mapping[str, Model]) -> str:
    """Return the page: one section per published table, marts first."""
    published = [m for m in models.values() if m.name.startswith(("marts.", "meta.")) or m.rows_of_sources]
    order = {"marts": 0, "meta": 1, "core": 2}
    published.sort(key=lambda m: (order[m.name.split(".")[0]], m.name))
    sections = [_section(m.name, m.grain, m.key, m.columns) for m in published]
    own = {c.name: c.comment for c in DICTIONARY.columns}
    sections.append(_section(DICTIONARY.name, DICTIONARY.grain, DICTIONARY.key, own))
    return "\n".join([_INTRO, *sections])


def _section(name: str, grain: str, key: tuple[str, ...], columns: Mapping[str, str]) -> str:
    rows = "\n".join(f"| `{column}` | {text.replace('|', '/')} |" for column, text in columns.items())
    keyed = f"Key: {', '.join(f'`{k}`' for k in key)}.\n\n" if key else ""
    return f"## {name}\n\n{grain}\n\n{keyed}| column | holds |\n| --- | --- |\n{rows}\n"


if __name__ == "__main__":
    from queries.models import load_models

    print(dictionary_page(load_models()), end="")  # noqa: T201
