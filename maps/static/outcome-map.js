'use strict';

// Joins the parts: a change of state loads what it needs, then everything is drawn from it.
(function (placeline) {
  const { byId, el, words } = placeline;

  function panes(map) {
    for (const [name, depth] of [['borders', 410], ['roads', 420], ['names', 640]]) {
      map.createPane(name).style.zIndex = depth;
      map.getPane(name).style.pointerEvents = 'none';
    }
  }

  function readCatalogue() {
    return JSON.parse(byId('catalogue').textContent);
  }

  placeline.start = async function (map) {
    const catalogue = readCatalogue();
    document.body.append(placeline.patterns.definitions());
    panes(map);
    L.control.zoom({ position: 'topright' }).addTo(map);
    L.control.scale({ position: 'bottomright' }).addTo(map);
    byId('map-credit').textContent = [...new Set(catalogue.sources.map((one) => one.attribution).filter(Boolean))].join(' · ');
    const labels = placeline.makeLabels(map);
    const roads = catalogue.roads ? placeline.makeRoads(map, await fitFirst(map, catalogue)) : { names: [] };
    if (catalogue.start) await placeline.run(map, catalogue, labels, roads);
    else await drawAreasOnly(map, catalogue, labels, roads);
    document.documentElement.dataset.drawn = 'true';
  };

  // Without outcomes there is still a place to look at.
  async function drawAreasOnly(map, catalogue, labels, roads) {
    for (const id of ['controls', 'summary', 'legend', 'detail', 'rows', 'about']) byId(id).hidden = true;
    const level = await placeline.load(catalogue.levels[0]);
    if (!level.topology) return;
    const areas = placeline.makeAreas(map, level, {
      canvas: L.canvas(), describe: (area) => [level.name[area]], choose() {}, hover: (area, on) => areas.hover(area, on),
    });
    areas.group.addTo(map);
    areas.paint(() => 'similar');
    map.fitBounds(areas.allBounds(), { animate: false, padding: [12, 12] });
    labels.set(roads.names);
  }

  // Roads are thinned by zoom, so the view must be set before they are drawn.
  async function fitFirst(map, catalogue) {
    const box = catalogue.levels.map((level) => level.bounds).find(Boolean);
    if (box) map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { animate: false });
    return placeline.load(catalogue.roads);
  }

  placeline.run = function (map, catalogue, labels, roads) {
    const store = placeline.makeState(catalogue);
    const { state } = store;
    const siteTitle = document.querySelector('.brand').textContent;
    const canvas = L.canvas({ padding: 0.3 });
    const table = placeline.makeTable(
      { table: byId('table'), caption: byId('table-caption'), filter: byId('filter'), more: byId('show-all') },
      catalogue.classes, { choose: chooseFromTable, chosen: () => state.area });
    const controls = placeline.makeControls(catalogue, store, change);
    let level = null;
    let areas = null;
    let shown = null;
    let turn = 0;

    function look() {
      const view = catalogue.views[state.view];
      const comparator = catalogue.comparators[state.comparator];
      return {
        view: placeline.openView(view, look.content, level.code.length),
        level,
        levelLabel: catalogue.levels[state.level].label,
        areaLevel: catalogue.levels[state.level].area_level,
        outcome: catalogue.outcomes[state.outcome],
        period: catalogue.periods[state.period].label,
        period_at: state.period,
        row: state.row,
        comparison: state.comparison,
        comparator: comparator ? comparator.label : '',
        comparatorName: comparator ? comparator.comparator : null,
      };
    }

    function describe(area) {
      const value = shown.view.read('value', shown.row, area);
      const decimals = shown.outcome.decimals;
      const lines = [level.name[area]];
      if (value != null) lines.push(`${words.number(value, decimals)} ${shown.outcome.unit}`);
      if (shown.view.read('lower', shown.row, area) != null) {
        lines.push(`${words.level(shown.view.read('level_of_confidence', shown.row, area))}: ${
          words.range(shown.view.read('lower', shown.row, area), shown.view.read('upper', shown.row, area), decimals)}`);
      }
      lines.push(words.verdict(shown.view.classOf(shown.comparison, shown.row, area), shown.comparator));
      return lines;
    }

    function setLevel(next) {
      if (areas) areas.group.remove();
      level = next;
      areas = null;
      if (level.topology) {
        areas = placeline.makeAreas(map, level, { canvas, describe, choose, hover: (area, on) => areas.hover(area, on) });
        areas.group.addTo(map);
        fit();
      }
      controls.offerAreas(level);
      labels.set(names());
    }

    function fit() {
      const bounds = areas.allBounds();
      if (state.place) {
        const [zoom, lat, lon] = state.place.split('/').map(Number);
        map.setView([lat, lon], zoom, { animate: false });
      } else {
        map.fitBounds(bounds, { animate: false, padding: [12, 12] });
      }
      map.setMaxBounds(bounds.pad(1));
      map.setMinZoom(map.getBoundsZoom(bounds) - 1);
    }

    // Names of authorities orient the reader at every level; smaller areas are named where they have room.
    function names() {
      const places = catalogue.places.map(([text, lat, lon, km2]) => ({ text, at: [lat, lon], km2, kind: 'place-name' }));
      const inside = level.authority.some((name) => name != null);
      const own = !inside ? [] : level.name.map((text, area) => ({
        text, at: level.centre[area], km2: level.area_km2[area], kind: 'area-name-label',
      })).filter((one) => one.at[0] != null);
      return [...places, ...roads.names, ...own];
    }

    function draw() {
      shown = look();
      shown.counts = shown.view.count(shown.comparison, shown.row);
      controls.show();
      placeline.summarise(catalogue, shown, siteTitle);
      placeline.drawLegend(byId('legend'), catalogue, shown);
      if (areas) areas.paint((area) => shown.view.classOf(shown.comparison, shown.row, area));
      table.show(shown);
      about();
      showChosen();
    }

    function about() {
      const outcome = shown.outcome;
      const ids = new Set(level.code.flatMap((code, area) => (shown.view.read('source', shown.row, area) || '').split(',')));
      const rows = [
        ['What it measures', outcome.question], ['Unit', `${outcome.unit}; ${words.better(outcome.direction)}`],
        ['Period', shown.period], ['How', outcome.method], ['Keep in mind', outcome.caveats],
        ['Fewest observations', outcome.minimum_observations == null ? null : `A verdict needs at least ${words.number(outcome.minimum_observations)}`],
        ['Method from', outcome.citation], ['Sources and licences', placeline.sourcesOf(catalogue, [...ids].join(',')).sort().join('; ')],
      ];
      const links = [el('a', { href: `methods.html#outcome-${encodeURIComponent(outcome.outcome)}` }, 'How to read it')];
      if (outcome.picture) links.push(' · ', el('a', { href: outcome.picture }, 'Picture for reports (SVG)'));
      rows.push(['More', links]);
      byId('about-body').replaceChildren(...rows.filter(([, said]) => said).map(([term, said]) => el('div', {}, el('dt', {}, term), el('dd', {}, said))));
    }

    function showChosen() {
      if (areas) areas.choose(state.area);
      table.choose(state.area);
      placeline.drawDetail(byId('detail-body'), catalogue, shown, state.area, () => table.focus(state.area));
      remember();
    }

    function choose(area) {
      state.area = area;
      showChosen();
    }

    function chooseFromTable(area) {
      choose(area);
      show(area);
      byId('detail-title').focus();
    }

    function show(area) {
      const bounds = areas && areas.bounds(area);
      if (bounds && !map.getBounds().contains(bounds)) map.fitBounds(bounds, { maxZoom: map.getZoom(), animate: !placeline.calm() });
    }

    function remember() {
      history.replaceState(null, '', store.toHash(state.area == null ? null : level.code[state.area]));
    }

    async function change(wish) {
      turn += 1;
      const mine = turn;
      store.settle({ ...state, ...wish });
      const view = catalogue.views[state.view];
      byId('main').setAttribute('aria-busy', 'true');
      try {
        const [nextLevel, content] = await Promise.all([placeline.load(catalogue.levels[view.level]), placeline.load(view)]);
        // A later change may have been made while this one was loading.
        if (mine !== turn) return;
        look.content = content;
        if (nextLevel !== level) setLevel(nextLevel);
        if ('areaCode' in wish) state.area = wish.areaCode == null ? null : level.code.indexOf(wish.areaCode);
        if (state.area === -1) state.area = null;
        draw();
      } catch (error) {
        byId('summary').textContent = `This view could not be loaded: ${error.message}.`;
      } finally {
        if (mine === turn) byId('main').removeAttribute('aria-busy');
      }
    }

    controls.find.addEventListener('change', () => {
      const text = controls.find.value.trim().toLowerCase();
      const area = level.name.findIndex((name, at) => name.toLowerCase() === text || level.code[at].toLowerCase() === text);
      if (area >= 0) { choose(area); show(area); }
    });
    byId('download').addEventListener('click', () => placeline.save(
      `${shown.outcome.outcome}-${shown.areaLevel}-${shown.period}.csv`.replace(/[^\w.-]+/g, '-'),
      placeline.csv(catalogue, shown, catalogue.build_id)));
    byId('print').addEventListener('click', () => window.print());
    byId('copy-link').addEventListener('click', async (event) => {
      const button = event.currentTarget;
      remember();
      try {
        await navigator.clipboard.writeText(location.href);
        button.textContent = 'Link copied';
      } catch {
        button.textContent = 'Copy it from the address bar';
      }
      setTimeout(() => { button.textContent = 'Copy link to this view'; }, 4000);
    });
    map.on('dragend zoomend', () => {
      const centre = map.getCenter();
      state.place = `${map.getZoom()}/${centre.lat.toFixed(4)}/${centre.lng.toFixed(4)}`;
      if (shown) remember();
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      if (areas && shown) { areas.recolour(); draw(); }
    });
    window.addEventListener('hashchange', () => change(store.fromHash(location.hash)));
    return change(store.fromHash(location.hash));
  };
})(window.placeline);
