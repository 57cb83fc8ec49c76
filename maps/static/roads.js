'use strict';

// The base map: numbered roads, drawn as one line per class so that thousands stay few elements.
(function (placeline) {
  const CLASSES = [
    { name: 'b', weight: 1.2, from: 10.5 },
    { name: 'a', weight: 1.8, from: 7.5 },
    { name: 'motorway', weight: 2.6, from: 0 },
  ];

  placeline.makeRoads = function (map, roads) {
    const features = topojson.feature(roads.topology, roads.topology.objects.roads).features;
    const lines = (feature) => (feature.geometry.type === 'LineString'
      ? [feature.geometry.coordinates] : feature.geometry.coordinates);
    // Few roads need no thinning out, however far the map is zoomed out.
    const few = features.length <= 60;
    const layers = CLASSES.map((kind) => {
      const coordinates = features.flatMap((feature, at) => (
        feature.geometry && roads.road_class[at] === kind.name ? lines(feature) : []));
      const geometry = { type: 'MultiLineString', coordinates };
      const line = (word, extra) => L.geoJSON(geometry, {
        pane: 'roads', interactive: false, fill: false, className: `${word} ${word}-${kind.name}`,
        weight: kind.weight + extra,
      });
      return { ...kind, group: L.layerGroup(coordinates.length ? [line('casing', 2), line('road', 0)] : []) };
    });
    const isShown = (kind) => few || map.getZoom() >= kind.from;

    function update() {
      for (const kind of layers) {
        if (isShown(kind) !== map.hasLayer(kind.group)) {
          if (isShown(kind)) kind.group.addTo(map);
          else kind.group.remove();
        }
      }
    }

    // A road's number stands at the middle of its longest line.
    const names = features.map((feature, at) => {
      if (!feature.geometry) return null;
      const longest = lines(feature).reduce((best, line) => (line.length > best.length ? line : best), []);
      const middle = longest[Math.floor(longest.length / 2)];
      if (!middle) return null;
      const kind = layers.find((one) => one.name === roads.road_class[at]) || layers[0];
      return { text: roads.road[at], at: [middle[1], middle[0]], kind: 'road-name', isShown: () => isShown(kind) };
    }).filter(Boolean);

    map.on('zoomend', update);
    update();
    return { names };
  };
})(window.placeline);
