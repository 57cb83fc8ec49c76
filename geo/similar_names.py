"""Names that are nearly another's: suggested to a person, never joined on."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

import pandas as pd

SUGGESTION = ["name", "code", "candidate", "score"]
LEAST_SCORE = 0.6
MOST = 3
# Words that tell no authority from another.
_FILLERS = re.compile(
    r"\b(the|of|council|councils|borough|city|county|district|metropolitan|royal|london|highways?|"
    r"dept|department|bc|cc|mbc|lbc|mdc|dc|authority)\b"
)


def suggest(names: Iterable[str], candidates: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Return, for each name, up to `MOST` of the candidates that are like it by at least `LEAST_SCORE`.

    Args:
        names: names as published.
        candidates: code and name of each that may be meant.

    Returns:
        SUGGESTION columns, best first for each name, ties to the lowest code; ``score`` from 0 to 1 (the same but for
        words that tell nobody apart), to two decimals: twice the letters that match in order, over all of both.

    Source: Ratcliff and Metzener (1988), Dr. Dobb's Journal 13(7), as in Python's difflib.
    """
    known = [(code, name, _bare(name)) for code, name in candidates]
    rows = []
    for name in sorted(set(names)):
        bare = _bare(name)
        scored = [
            (-round(SequenceMatcher(None, bare, other, autojunk=False).ratio(), 2), code, candidate)
            for code, candidate, other in known
        ]
        rows += [
            (name, code, candidate, -score)
            for score, code, candidate in sorted(scored)[:MOST]
            if -score >= LEAST_SCORE
        ]
    return pd.DataFrame(rows, columns=SUGGESTION)


def _bare(name: str) -> str:
    words = " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower().replace("&", " and ")).split())
    return " ".join(_FILLERS.sub(" ", words).split()) or words
