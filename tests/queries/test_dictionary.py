"""The page of docs that the models write."""

from pathlib import Path

from queries.dictionary import dictionary_page
from queries.models import Model, load_models

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_in_step_with_the_models():
    assert PAGE.read_text("utf-8") == dictionary_page(load_models()), "run make docs"


def model(name: str, header: dict[str, str] | None = None) -> Model:
    columns = {"a": "Either x|y. Never null."}
    return Model(name, f"One row of {name}.", ("a",), columns, frozenset(), header=header or {})


def test_published_tables_stand_on_the_page_marts_first():
    names = ("core.kept", "core.open", "meta.z", "marts.b", "marts.a", "staging.s")
    models = {n: model(n, {"publish": "rows"} if n == "core.open" else None) for n in names}
    page = dictionary_page(models)
    headings = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert headings == ["marts.a", "marts.b", "meta.z", "core.open", "meta.dictionary"]
    assert (
        "## marts.a\n\nOne row of marts.a.\n\nKey: `a`.\n\n| column | holds |\n| --- | --- |\n| `a` | Either x/y. Never null. |\n"
        in page
    )
