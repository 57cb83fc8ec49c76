"""Invented names that sound like the drowned coast."""

from collections import Counter

import numpy as np

from geo.arrays import Ints

HAMLETS = (
    "Mammoth Green",
    "Tusk Episcopi",
    "Flint Drowning",
    "Hazelmere-under-Wave",
    "Beaver Parva",
    "Harpoon Row",
    "Cleaver Bank",
    "Swarte Hill",
    "Broken Bank",
    "Haddock Parva",
    "Indefatigable",
    "Oyster Ground",
    "Elbow Spit",
    "Long Forties",
    "Amberwash",
    "Antler Ness",
    "Bogpine",
    "Birch Fathom",
    "Sedgefen Lower",
    "Otterhythe",
    "Reindeer Hey",
    "Mesolow",
    "Kelpthorpe",
    "Sandeel Bottom",
    "Whelkby",
    "Turbot Toft",
    "Brill Hatherley",
    "Plaice Overy",
    "Lingcod Moor",
    "Sunken Barrow",
    "Low Seahenge",
    "Tide Abbas",
    "Ebbsworth",
    "Neap Parva",
    "Spring Magna",
    "Doggerby",
    "Fishergate",
    "Great Hole",
    "Little Hole",
    "Peatcutter's End",
    "Auroch Fold",
    "Crane Marsh",
    "Drift Alderley",
    "Eelpie",
    "Fathom Five",
    "Gannet Holme",
    "Heronsluice",
    "Ivory Strand",
    "Knot St Peter",
    "Limpet Wick",
    "Murre",
    "Norn Deeps",
    "Old Coast",
    "Pumice Row",
    "Quern Hollow",
    "Roe Fording",
    "Silt Norton",
    "Tern Overwater",
)
STREET_WORDS = (
    "Mammoth",
    "Peat",
    "Amber",
    "Antler",
    "Eel",
    "Flint",
    "Hazel",
    "Heron",
    "Ivory",
    "Kelp",
    "Marram",
    "Oyster",
    "Otter",
    "Reed",
    "Samphire",
    "Sedge",
    "Shingle",
    "Silver",
    "Tide",
    "Tusk",
    "Whelk",
    "Wolf",
    "Alder",
    "Auroch",
    "Beaver",
    "Birch",
    "Bittern",
    "Bog",
    "Coracle",
    "Crane",
    "Drift",
    "Ebb",
    "Elk",
    "Fathom",
    "Fish",
    "Gannet",
    "Harpoon",
    "Lagoon",
    "Neap",
    "Net",
    "Pike",
    "Saltmarsh",
    "Sluice",
    "Spear",
    "Tern",
    "Willow",
)
STREET_KINDS = ("Street", "Road", "Lane", "Close", "Avenue", "Way", "Drive", "Row", "Hythe", "Wharf", "Rise")
_WARD_SIDES = ("Central", "North", "South", "East", "West", "Quay", "Hill", "Marsh", "Park", "Old Town")
_WARD_RINGS = ("", "Outer ", "Upper ", "Lower ", "New ")


_FIRST = (
    "Amber",
    "Antler",
    "Auroch",
    "Beaver",
    "Birch",
    "Bittern",
    "Bog",
    "Brill",
    "Cod",
    "Crane",
    "Dab",
    "Dogger",
    "Drift",
    "Ebb",
    "Eel",
    "Elk",
    "Fen",
    "Flint",
    "Flounder",
    "Gannet",
    "Haddock",
    "Harp",
    "Hazel",
    "Heron",
    "Ice",
    "Kelp",
    "Knot",
    "Lamprey",
    "Ling",
    "Mammoth",
    "Marram",
    "Mere",
    "Moraine",
    "Mussel",
    "Neap",
    "Otter",
    "Oyster",
    "Peat",
    "Pike",
    "Plaice",
    "Quern",
    "Reed",
    "Reindeer",
    "Sand",
    "Sedge",
    "Shelf",
    "Silt",
    "Skate",
    "Sole",
    "Spit",
    "Sprat",
    "Tern",
    "Tide",
    "Turbot",
    "Tusk",
    "Wave",
    "Whelk",
    "Whiting",
    "Wolf",
    "Wrack",
)
_LAST = (
    "bank",
    "borough",
    "by",
    "combe",
    "cross",
    "den",
    "fathom",
    "fleet",
    "ford",
    "garth",
    "gate",
    "ham",
    "haven",
    "hithe",
    "holme",
    "hurst",
    "lode",
    "ley",
    "low",
    "mere",
    "mouth",
    "ness",
    "over",
    "pit",
    "ridge",
    "sand",
    "sea",
    "shoal",
    "stead",
    "thorpe",
    "toft",
    "ton",
    "wade",
    "wash",
    "well",
    "wick",
    "wold",
    "worth",
)
_BEFORE = (
    "Great",
    "Little",
    "Upper",
    "Nether",
    "North",
    "South",
    "East",
    "West",
    "Old",
    "New",
    "High",
    "Low",
)
_AFTER = ("Magna", "Parva", "Abbas", "Regis", "under-Wave", "St Peter", "Episcopi", "on-the-Shelf")


def hamlet_names(rng: np.random.Generator, count: int) -> list[str]:
    """Draw names for hamlets, each only once: those made by hand first, then put together from parts."""
    return [*HAMLETS, *invented_names(rng, max(0, count - len(HAMLETS)))][:count]


def invented_names(rng: np.random.Generator, count: int) -> list[str]:
    """Put together `count` different names: Eelthorpe, then Great Eelthorpe, then Great Eelthorpe Parva.

    Raises:
        ValueError: more names are asked for than can be made.
    """
    plain = [first + last for first in _FIRST for last in _LAST]
    with_one = [f"{b} {p}" for b in _BEFORE for p in plain] + [f"{p} {a}" for a in _AFTER for p in plain]
    with_both = [f"{b} {p} {a}" for b in _BEFORE for a in _AFTER for p in plain]
    names: list[str] = []
    for stock in (plain, with_one, with_both):
        wanted = min(count - len(names), len(stock))
        names += [stock[n] for n in rng.permutation(len(stock))[:wanted]]
    if len(names) < count:
        raise ValueError(f"{count} names asked for, but only {len(names)} can be made")
    return names


def street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Draw street names, with repeats as in life."""
    words = rng.choice(STREET_WORDS, count)
    kinds = rng.choice(STREET_KINDS, count, p=_falling(len(STREET_KINDS)))
    return [f"{word} {kind}" for word, kind in zip(words, kinds, strict=True)]


def ward_names(places: list[str]) -> list[str]:
    """Name wards after their largest place; further wards of one place get a side of it.

    Args:
        places: for each ward, the name of the place most of its people live in.
    """
    of_place = Counter(places)
    seen: Counter[str] = Counter()
    names = []
    for place in places:
        names.append(place if of_place[place] == 1 else f"{place} {_side(seen[place])}")
        seen[place] += 1
    return names


def _side(n: int) -> str:
    """Central, North ... Inner Central, Inner North ... and numbered when those run out."""
    rings, n = divmod(n, len(_WARD_SIDES))
    again, ring = divmod(rings, len(_WARD_RINGS))
    return f"{_WARD_RINGS[ring]}{_WARD_SIDES[n]}{f' {again + 1}' if again else ''}"


def small_area_names(authority_names: list[str], wards: Ints) -> list[str]:
    """Name small areas as LSOAs are: the authority, a number for the ward, a letter within it."""
    numbers: dict[str, dict[int, int]] = {}
    letters: dict[int, int] = {}
    names = []
    for authority, ward in zip(authority_names, wards.tolist(), strict=True):
        known = numbers.setdefault(authority, {})
        number = known.setdefault(ward, len(known) + 1)
        letter = letters[ward] = letters.get(ward, -1) + 1
        names.append(f"{authority} {number:03}{chr(ord('A') + letter)}")
    return names


def _falling(count: int) -> list[float]:
    weights = 1 / np.arange(1, count + 1)
    return [float(w) for w in weights / weights.sum()]
