'use strict';

// Marks over the areas of authorities: each is a row of a table too, and either chooses the other.
(function (placeline) {
  const { byId, el } = placeline;

  // Marks that are borders or groups of authorities have no geometry of their own: the areas' is theirs.
  function layersOf(mark, kind, level) {
    const collection = level.topology.objects.areas;
    const codes = new Map(collection.geometries.map((geometry, at) => [geometry, level.code[at]]));
    const className = `mark ${kind.kind} mark-${kind.name}`;
    const line = { pane: 'marks', fill: false, className };
    const casing = { pane: 'marks', fill: false, interactive: false, className: `mark-casing casing-${kind.name}` };
    if (mark.pair) {
      const border = topojson.mesh(level.topology, collection, (a, b) => a !== b
        && mark.pair.includes(codes.get(a)) && mark.pair.includes(codes.get(b)));
      if (!border.coordinates.length) return [];
      return [L.geoJSON(border, casing), L.geoJSON(border, line)];
    }
    if (mark.codes) {
      const whole = topojson.merge(level.topology, collection.geometries.filter((one) => one.type && mark.codes.includes(codes.get(one))));
      if (!whole.coordinates.length) return [];
      const className = `mark area ${kind.kind === 'area' ? `mark-${kind.name}` : `outline-${kind.name}`}`;
      return [L.geoJSON(whole, { pane: 'areas-marked', className })];
    }
    const { area, at, parts } = mark.shape;
    const ways = parts.flat();
    const found = area ? [L.polygon(parts, { pane: 'marks', className: `mark area outline-${kind.name}` })]
      : [L.polyline(ways, casing), L.polyline(ways, kind.kind === 'line' ? line : { ...line, className: `mark line way-${kind.name}` })];
    return kind.kind === 'dot' ? [...found, L.circleMarker(at, { pane: 'marks', radius: kind.name === 'faint' ? 5 : 7, className })] : found;
  }

  function tip(mark) {
    return el('div', { class: 'tip' }, el('strong', {}, mark.name), mark.lines.slice(0, 3).map((line) => el('span', {}, line)));
  }

  placeline.showPlaces = async function (map) {
    const given = JSON.parse(byId('places').textContent);
    const [level, content] = await Promise.all([placeline.load(given.level), placeline.load(given.marks)]);
    for (const [name, depth] of [['areas-marked', 405], ['borders', 410], ['roads', 420], ['marks', 630], ['names', 640]]) {
      map.createPane(name).style.zIndex = depth;
      if (!name.includes('marked') && name !== 'marks') map.getPane(name).style.pointerEvents = 'none';
    }
    L.control.zoom({ position: 'topright' }).addTo(map);
    L.control.scale({ position: 'bottomright' }).addTo(map);
    const areas = placeline.makeAreas(map, level, {
      canvas: L.canvas(), describe: (area) => [level.name[area]], choose() {}, hover() {},
    });
    const home = areas.allBounds();
    map.fitBounds(home, { animate: false, padding: [12, 12] });
    areas.group.addTo(map);
    areas.paint(() => 'base');
    map.setMaxBounds(home.pad(1));
    map.setMinZoom(map.getBoundsZoom(home) - 1);
    const roads = given.roads ? placeline.makeRoads(map, await placeline.load(given.roads)) : { names: [] };
    const groups = [];
    let chosen = null;

    // The greatest are drawn last, so that they lie on top.
    for (let at = content.marks.length - 1; at >= 0; at -= 1) {
      const mark = content.marks[at];
      const group = L.featureGroup(layersOf(mark, content.classes[mark.class], level)).addTo(map);
      group.bindTooltip(() => tip(mark), { sticky: true, direction: 'top', opacity: 1, className: 'tip-box' });
      group.on('click', () => choose(at));
      groups[at] = group;
    }
    // Marks may all lie in one corner of the region; not so close that the region is lost.
    const marked = L.featureGroup(groups).getBounds();
    if (marked.isValid()) map.fitBounds(marked.pad(0.2), { maxZoom: map.getBoundsZoom(home) + 3, animate: false });
    // Members of a group have its letter beside their names, or instead where the name has no room.
    const letterOf = new Map(content.marks.flatMap((mark) => (mark.letter ? mark.codes.map((code) => [code, mark.letter]) : [])));
    const labels = level.code.flatMap((code, area) => {
      const [at, letter, text] = [level.centre[area], letterOf.get(code), level.name[area]];
      if (at[0] == null) return [];
      const name = { text: letter ? `${text} (${letter})` : text, at, km2: level.area_km2[area], kind: 'place-name' };
      return letter ? [name, { text: letter, at, kind: 'place-name' }] : [name];
    });
    placeline.makeLabels(map).set([...labels, ...roads.names]);

    const rowsOf = (at) => [...document.querySelectorAll(`tr[data-mark="${at}"]`)];

    function mark(at, on) {
      groups[at].eachLayer((layer) => (layer.eachLayer ? layer.getLayers() : [layer]).forEach((one) => one.getElement().classList.toggle('chosen', on)));
      for (const row of rowsOf(at)) row.classList.toggle('chosen', on);
    }

    function choose(at) {
      if (chosen != null) mark(chosen, false);
      chosen = at;
      mark(at, true);
      const { name, lines, id } = content.marks[at];
      byId('detail-body').replaceChildren(
        el('h3', { class: 'area-name' }, name), ...lines.map((line) => el('p', {}, line)),
        // A long table shows only its first rows.
        rowsOf(at).length ? el('p', {}, el('button', { type: 'button', class: 'back', onclick: () => showRow(at) }, 'Show it in the table')) : '');
      history.replaceState(null, '', `#${new URLSearchParams({ place: id })}`);
    }

    function showRow(at) {
      const [row] = rowsOf(at);
      row.closest('table').dispatchEvent(new Event('placeline-show'));
      row.scrollIntoView({ block: 'center' });
      row.querySelector('button').focus({ preventScroll: true });
    }

    function goTo(at) {
      choose(at);
      const bounds = groups[at].getBounds();
      if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: Math.max(map.getZoom(), map.getBoundsZoom(home) + 2), animate: !placeline.calm() });
    }

    for (const row of document.querySelectorAll('tr[data-mark]')) {
      const head = row.querySelector('th');
      head.replaceChildren(el('button', {
        type: 'button', class: 'link', onclick: () => { goTo(Number(row.dataset.mark)); byId('detail-title').focus(); },
      }, head.textContent));
    }

    function fromAddress() {
      const id = new URLSearchParams(location.hash.slice(1)).get('place');
      const at = content.marks.findIndex((one) => one.id === id);
      if (at >= 0) goTo(at);
    }
    window.addEventListener('hashchange', fromAddress);
    fromAddress();
    document.documentElement.dataset.drawn = 'true';
  };
})(window.placeline);
