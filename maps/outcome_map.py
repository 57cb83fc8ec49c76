"""The outcome map as a folium map: folium makes the Leaflet map, our layer draws on it.

No text from the data passes through folium: its strings end up in JavaScript template literals.
"""

from importlib.resources import files

import folium
from branca.element import MacroElement
from folium.template import Template

_TEMPLATES = files("maps") / "templates"


class OutcomeMap(folium.Map):
    """A map without tiles, whose place in the page and whose assets are ours."""

    # Names of published assets where folium expects addresses.
    default_js = [(name, name) for name in ("leaflet.js", "topojson-client.js", "outcome-map.js")]  # noqa: RUF012
    default_css = [(name, name) for name in ("leaflet.css", "outcome-map.css")]  # noqa: RUF012
    _template = Template((_TEMPLATES / "outcome_map.html.j2").read_text("utf-8"), autoescape=True)

    def __init__(self, centre: tuple[float, float]) -> None:
        super().__init__(
            location=centre,
            zoom_start=7,
            tiles=None,
            zoom_control=False,
            # Leaflet writes attributions as HTML; the page gives them as text instead.
            attributionControl=False,
            # folium drops max_zoom= when there are no tiles.
            maxZoom=16,
            zoom_snap=0.25,
            wheel_px_per_zoom_level=90,
        )
        # Ids are random otherwise, and no two builds would be alike.
        self._id = "map"
        self._name = "outcome"


class OutcomeLayer(MacroElement):
    """Starts our own drawing on the map it is added to."""

    _template = Template(
        "{% macro script(this, kwargs) %}placeline.start({{ this._parent.get_name() }});{% endmacro %}",
        autoescape=True,
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "layer"
        self._name = "outcome"


class PlacesMap(OutcomeMap):
    """A map of marks over the same areas and roads, with the same assets but for the script that draws."""

    default_js = [(name, name) for name in ("leaflet.js", "topojson-client.js", "places-map.js")]  # noqa: RUF012
    default_css = [("leaflet.css", "leaflet.css")]  # noqa: RUF012
    _template = Template((_TEMPLATES / "places_map.html.j2").read_text("utf-8"), autoescape=True)

    def __init__(self, centre: tuple[float, float]) -> None:
        super().__init__(centre)
        self._name = "places"


class PlacesLayer(MacroElement):
    """Starts the drawing of marks on the map it is added to."""

    _template = Template(
        "{% macro script(this, kwargs) %}placeline.showPlaces({{ this._parent.get_name() }});{% endmacro %}",
        autoescape=True,
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._id = "layer"
        self._name = "places"
