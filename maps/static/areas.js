'use strict';

// Draws one level of areas and keeps its fills, borders, hover and choice up to date.
(function (placeline) {
  const { el, patterns } = placeline;
  const MANY = 1500; // above this many areas, a canvas is drawn faster than elements are

  placeline.makeAreas = function (map, level, handlers) {
    const many = level.code.length > MANY;
    // One listener and one tooltip for all: thousands of areas would each need their own otherwise.
    const group = L.featureGroup();
    const whole = L.layerGroup([group]);
    const layers = [];
    const shown = [];
    let chosen = null;
    let fills = new Map();

    function tooltip(layer) {
      const lines = handlers.describe(layer.area);
      return el('div', { class: 'tip' }, el('strong', {}, lines[0]), lines.slice(1).map((line) => el('span', {}, line)));
    }

    const collection = level.topology.objects.areas;
    topojson.feature(level.topology, collection).features.forEach((feature, area) => {
      const geometry = feature.geometry;
      if (!geometry) return;
      const layer = L.polygon(L.GeoJSON.coordsToLatLngs(geometry.coordinates, geometry.type === 'Polygon' ? 1 : 2), {
        renderer: many ? handlers.canvas : undefined,
        className: 'area',
        weight: many ? 0.5 : 1,
        fillOpacity: 1,
        color: many ? patterns.token('--edge') : undefined,
      });
      layer.area = area;
      layers[area] = layer;
      group.addLayer(layer);
    });
    group.bindTooltip(tooltip, { sticky: true, direction: 'top', opacity: 1, className: 'tip-box' });
    group.on({
      click: (event) => handlers.choose(event.propagatedFrom.area),
      mouseover: (event) => handlers.hover(event.propagatedFrom.area, true),
      mouseout: (event) => handlers.hover(event.propagatedFrom.area, false),
    });

    // Lines between authorities, and round them, are drawn over the areas' own.
    const position = new Map(collection.geometries.map((geometry, area) => [geometry, area]));
    const authority = (geometry) => level.authority[position.get(geometry)];
    const borders = topojson.mesh(level.topology, collection, (a, b) => a === b
      || authority(a) == null || authority(b) == null || authority(a) !== authority(b));
    whole.addLayer(L.geoJSON(borders, {
      pane: 'borders', interactive: false, className: 'border', weight: 1.8, fill: false,
    }));

    function paint(classOf) {
      layers.forEach((layer, area) => {
        const name = classOf(area);
        if (shown[area] === name) return;
        shown[area] = name;
        if (many) {
          if (!fills.has(name)) fills.set(name, patterns.canvasFill(name));
          layer.setStyle({ fillColor: fills.get(name) });
        } else {
          layer.getElement().setAttribute('class', `leaflet-interactive area class-${patterns.slug(name)}`);
          if (area === chosen) mark(area, 'chosen', true);
        }
      });
    }

    function mark(area, word, on) {
      const layer = layers[area];
      if (!layer) return;
      if (many) layer.setStyle({ color: patterns.token(on ? '--ink' : '--edge'), weight: on ? 3 : 0.5 });
      else layer.getElement().classList.toggle(word, on);
      if (on) layer.bringToFront();
    }

    function choose(area) {
      if (chosen != null) mark(chosen, 'chosen', false);
      chosen = area;
      if (area != null) mark(area, 'chosen', true);
    }

    function hover(area, on) {
      if (area === chosen) return;
      mark(area, 'hovered', on);
      if (on && chosen != null) layers[chosen].bringToFront();
    }

    function recolour() {
      fills = new Map();
      shown.length = 0;
      if (many) layers.forEach((layer, area) => mark(area, '', area === chosen));
    }

    return {
      group: whole, paint, choose, hover, recolour,
      bounds: (area) => layers[area] && layers[area].getBounds(),
      allBounds: () => L.latLngBounds([level.bounds[1], level.bounds[0]], [level.bounds[3], level.bounds[2]]),
    };
  };
})(window.placeline);
