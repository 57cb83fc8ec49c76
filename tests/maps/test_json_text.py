"""No text from the data can end a script element or a line of a script."""

import json

import pytest

from maps.json_text import delivery, json_text
from tests.maps.made_up import HOSTILE


@pytest.mark.parametrize("text", [*HOSTILE, "<!--", "]]>", "\u2028\u2029", "\x00\ud7ff", "__proto__"])
def test_text_survives_and_nothing_that_html_reads_is_left(text: str) -> None:
    written = json_text({"name": text, text: [text]})
    assert json.loads(written) == {"name": text, text: [text]}
    assert not set("<>&\u2028\u2029") & set(written)


def test_a_value_that_json_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        json_text([float("nan")])


def test_a_delivery_is_one_call() -> None:
    assert delivery("k", {"a": "</script>"}) == 'placeline.deliver("k",{"a":"\\u003c/script\\u003e"});\n'
