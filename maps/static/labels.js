'use strict';

// Writes as many names on the map as fit without touching, the most important first.
(function (placeline) {
  const { el } = placeline;
  const SPILL = 2; // how much wider than its area a name may be

  placeline.makeLabels = function (map) {
    let candidates = [];
    let markers = [];
    const GAP = 6;
    const pen = document.createElement('canvas').getContext('2d');

    function width(candidate) {
      if (candidate.width == null) {
        pen.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
        candidate.width = pen.measureText(candidate.text).width + (candidate.kind === 'road-name' ? 8 : 0);
      }
      return candidate.width;
    }

    function pixelsPerKm() {
      const centre = map.getCenter();
      const east = map.containerPointToLatLng(map.latLngToContainerPoint(centre).add([100, 0]));
      return 100000 / map.distance(centre, east);
    }

    function write(candidate) {
      const label = el('span', { class: candidate.kind }, candidate.text);
      return L.marker(candidate.at, {
        pane: 'names', interactive: false, keyboard: false,
        icon: L.divIcon({ className: 'name', html: label, iconSize: [0, 0] }),
      });
    }

    function place() {
      for (const marker of markers) marker.remove();
      const taken = [];
      const size = map.getSize();
      const perKm = pixelsPerKm();
      const chosen = candidates.filter((candidate) => {
        if (candidate.isShown && !candidate.isShown()) return false;
        const point = map.latLngToContainerPoint(candidate.at);
        const half = width(candidate) / 2 + GAP;
        const box = [point.x - half, point.y - 9 - GAP / 2, point.x + half, point.y + 9 + GAP / 2];
        if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y) return false;
        if (candidate.km2 != null && Math.sqrt(candidate.km2) * perKm * SPILL < 2 * half) return false;
        if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
        taken.push(box);
        return true;
      });
      markers = chosen.map((candidate) => write(candidate).addTo(map));
    }

    map.on('moveend resize', place);
    return { set(names) { candidates = names; place(); } };
  };
})(window.placeline);
