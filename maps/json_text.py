"""JSON that is safe inside a script element or a classic script file, whatever the data says."""

import json
from typing import Any

# '<' could close the script element; the line separators end a line in older JavaScript.
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def json_text(value: Any) -> str:
    """Write compact JSON without any character that HTML or JavaScript could take as its own."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def delivery(key: str, value: Any) -> str:
    """Write a classic script that hands `value` to the page under `key`.

    Pages opened from a folder may not fetch a file, but they may load a script.
    """
    return f"placeline.deliver({json_text(key)},{json_text(value)});\n"
