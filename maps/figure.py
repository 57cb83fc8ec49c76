"""A branca figure that becomes a page of this site: our document, our policy, our assets only."""

from typing import Any

import jinja2
from branca.element import Figure
from markupsafe import Markup

from maps.assets import Assets


class PublishedFigure(Figure):
    """Collects what folium elements put into it and renders the page template around that.

    Whatever script or stylesheet an element asks for must be an asset we publish: an address of
    another host is no asset's name, so the build fails and nothing is requested from elsewhere.
    """

    def __init__(self, template: jinja2.Template, assets: Assets, context: dict[str, Any]) -> None:
        super().__init__(title=context["title"])
        self._id = "page"
        self._page = template
        self._assets = assets
        self._context = context

    def render(self, **kwargs: Any) -> str:
        """Render the whole document."""
        for child in self._children.values():
            child.render(**kwargs)
        asked = [link.url for link in self.header._children.values() if hasattr(link, "url")]  # noqa: SLF001
        addresses = [self._assets.address(name) for name in asked]
        start = [line for line in self.script.render(**kwargs).splitlines() if line.strip()]
        return self._page.render(
            **self._context,
            styles=[address for address in addresses if address.endswith(".css")],
            scripts=[address for address in addresses if address.endswith(".js")],
            # A file of its own, because the policy lets no inline script run.
            start=self._assets.add("start.js", "\n".join([*start, ""])) if start else None,
            body=Markup(self.html.render(**kwargs)),  # noqa: S704 - rendered with autoescape on
        )
