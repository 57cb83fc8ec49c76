'use strict';

// A small line of one area over the years: never drawn across a missing year, a change of method or of series.
(function (placeline) {
  const { svg, words } = placeline;
  const WIDTH = 340;
  const HEIGHT = 150;
  const EDGE = { top: 10, right: 12, bottom: 24, left: 52 };

  const nextDay = (iso) => new Date(Date.parse(iso) + 86400000).toISOString().slice(0, 10);
  const days = (period) => (Date.parse(period.end) - Date.parse(period.start)) / 86400000;

  // Years (or shorter); spans that pool several would count them twice.
  function points(catalogue, shown, area) {
    return shown.view.periods.map((at, row) => ({
      period: catalogue.periods[at],
      row,
      value: shown.view.read('value', row, area),
      lower: shown.view.read('lower', row, area),
      upper: shown.view.read('upper', row, area),
      method: shown.view.read('method', row, area),
      series: shown.view.read('series', row, area),
      comparator: shown.view.compare('comparator_value', shown.comparison, row, area),
    })).filter((point) => days(point.period) <= 400);
  }

  function runs(all, has, joined) {
    const found = [];
    all.forEach((point, at) => {
      if (!has(point)) return;
      if (at && has(all[at - 1]) && joined(all[at - 1], point)) found[found.length - 1].push(point);
      else found.push([point]);
    });
    return found;
  }

  const adjoins = (a, b) => nextDay(a.period.end) === b.period.start && a.series === b.series;
  const sameMethod = (a, b) => adjoins(a, b) && a.method === b.method;

  placeline.drawTrend = function (catalogue, shown, area) {
    const all = points(catalogue, shown, area);
    const numbers = all.flatMap((point) => [point.value, point.lower, point.upper, point.comparator]).filter((value) => value != null);
    if (all.length < 2 || !all.some((point) => point.value != null)) return null;
    const decimals = shown.outcome.decimals;
    const low = Math.min(...numbers);
    const high = Math.max(...numbers);
    const x = (point) => EDGE.left + all.indexOf(point) * (WIDTH - EDGE.left - EDGE.right) / (all.length - 1);
    const y = (value) => HEIGHT - EDGE.bottom - (value - low) * (HEIGHT - EDGE.top - EDGE.bottom) / (high - low || 1);
    const line = (run, value) => run.map((point) => `${x(point).toFixed(1)} ${y(value(point)).toFixed(1)}`).join('L');
    const bands = runs(all, (point) => point.lower != null && point.upper != null, sameMethod);
    const values = runs(all, (point) => point.value != null, sameMethod);
    const comparators = runs(all, (point) => point.comparator != null, adjoins);
    const said = all.map((point) => `${point.period.label}: ${words.number(point.value, decimals)}`).join(', ');
    const text = (at, across, anchor, content) => svg('text', { x: at, y: across, 'text-anchor': anchor }, content);

    return svg('svg', { class: 'trend', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Trend. ${said}` },
      [low, high].map((value) => svg('path', { class: 'trend-grid', d: `M${EDGE.left} ${y(value)}H${WIDTH - EDGE.right}` })),
      bands.filter((run) => run.length > 1).map((run) => svg('path', { class: 'trend-band', d: `M${line(run, (p) => p.upper)}L${line([...run].reverse(), (p) => p.lower)}Z` })),
      bands.filter((run) => run.length === 1).map(([p]) => svg('path', { class: 'trend-whisker', d: `M${x(p)} ${y(p.lower)}V${y(p.upper)}` })),
      comparators.map((run) => svg('path', { class: 'trend-comparator', d: `M${line(run, (p) => p.comparator)}` })),
      values.map((run) => svg('path', { class: 'trend-line', d: `M${line(run, (p) => p.value)}` })),
      all.filter((point) => point.value != null).map((point) => svg('circle', {
        class: point.row === shown.row ? 'trend-now' : 'trend-point', cx: x(point), cy: y(point.value), r: point.row === shown.row ? 4.5 : 2.5,
      })),
      text(EDGE.left, HEIGHT - 6, 'start', all[0].period.label),
      text(WIDTH - EDGE.right, HEIGHT - 6, 'end', all[all.length - 1].period.label),
      [low, high].map((value) => text(EDGE.left - 6, y(value) + 4, 'end', words.number(value, decimals))));
  };
})(window.placeline);
