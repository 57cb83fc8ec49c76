"""Near names: suggested best first, and not at all where they are far."""

import pytest

from geo.similar_names import suggest

AUTHORITIES = [("E1", "Silverpit"), ("E2", "Leman and Ower"), ("E3", "Botney Cut"), ("E4", "Leman")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Council - Silverpit", "E1"),
        ("The Council of Leman & Ower", "E2"),
        ("Botney Cut Highways Dept.", "E3"),
        ("Silverpitt City Council", "E1"),
    ],
)
def test_the_nearest_name_comes_first(name: str, code: str) -> None:
    found = suggest([name], AUTHORITIES)
    assert found["code"].iloc[0] == code
    assert found["score"].is_monotonic_decreasing
    assert found["score"].iloc[0] > 0.9


def test_far_names_and_no_names_are_suggested_nothing() -> None:
    assert suggest(["NHS Supply Chain", "X", "", "Council"], AUTHORITIES).empty
    assert suggest([], AUTHORITIES).empty
    assert suggest(["Silverpit"], []).empty


def test_order_does_not_hang_on_how_names_were_given() -> None:
    one = suggest(["Lemann", "Silverpit BC", "Lemann"], AUTHORITIES)
    other = suggest(["Silverpit BC", "Lemann"], AUTHORITIES[::-1])
    assert one.equals(other)
    assert one["name"].tolist() == sorted(one["name"])
