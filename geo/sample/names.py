"""Invented names that sound like the drowned coast."""

import numpy as np

from geo.sample.arrays import Ints

HAMLETS = (
    "Mammoth Green",
    "Tusk Episcopi",
    "Flint Drowning",
    "Hazelmere-under-Wave",
    "Beaver Parva",
    "Wolfsea",
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
    "Bittern Wade",
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
    seen: dict[str, int] = {}
    names = []
    for place in places:
        nth = seen[place] = seen.get(place, 0) + 1
        alone = places.count(place) == 1
        names.append(place if alone else f"{place} {_WARD_SIDES[(nth - 1) % len(_WARD_SIDES)]}")
    return names


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
