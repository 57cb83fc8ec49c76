'use strict';

// Everything there is to say of one area in the view.
(function (placeline) {
  const { el, patterns, words } = placeline;

  const fact = (term, said) => el('div', {}, el('dt', {}, term), el('dd', {}, said));
  const text = (term, said) => el('div', { class: 'long' }, el('dt', {}, term), el('dd', {}, said));
  const quoted = (text) => `'${String(text).replace(/'/g, "''")}'`;

  function query(catalogue, shown, area) {
    const period = catalogue.periods[shown.period_at];
    return `select * from marts.outcome\nwhere outcome = ${quoted(shown.outcome.outcome)}\n  and area_level = ${quoted(shown.areaLevel)}\n`
      + `  and area_code = ${quoted(shown.level.code[area])}\n  and period_start = date '${period.start}'\n  and period_end = date '${period.end}'`;
  }

  function sourcesOf(catalogue, ids) {
    return (ids || '').split(',').map((id) => id.trim()).filter(Boolean).map((id) => {
      const known = catalogue.sources.find((source) => source.source === id);
      return known ? `${known.title} (${known.licence || 'no licence stated'})` : id;
    });
  }

  function facts(catalogue, shown, area) {
    const get = (name) => shown.view.read(name, shown.row, area);
    const compare = (name) => shown.view.compare(name, shown.comparison, shown.row, area);
    const decimals = shown.outcome.decimals;
    const value = get('value');
    const interval = value == null ? words.NONE
      : get('lower') == null ? 'not known' : words.range(get('lower'), get('upper'), decimals);
    const rows = [
      fact(words.level(get('level_of_confidence')), interval),
      fact('Observations', words.number(get('observations'))),
    ];
    if (get('exposure') != null) rows.push(fact('Measured over', `${words.number(get('exposure'))} ${get('exposure_unit') || ''}`));
    if (shown.comparator) rows.push(fact(`Value for ${shown.comparator}`, words.number(compare('comparator_value'), decimals)));
    if (compare('q') != null) rows.push(fact('False-discovery rate (q)', compare('q') < 0.001 ? 'below 0.001' : words.number(compare('q'), 3)));
    if (get('low') != null) rows.push(fact('If incidents near the border belong elsewhere', words.range(get('low'), get('high'), decimals)));
    if (get('raw_value') != null && get('raw_value') !== value) rows.push(fact('Before adjustment', words.number(get('raw_value'), decimals)));
    if (get('method')) rows.push(text('Method', get('method')));
    const sources = sourcesOf(catalogue, get('source'));
    if (sources.length) rows.push(text('Sources', sources.join('; ')));
    return rows;
  }

  placeline.drawDetail = function (box, catalogue, shown, area, back) {
    if (area == null) {
      box.replaceChildren(el('p', {}, 'Choose an area on the map, in the search box, or in the table.'));
      return;
    }
    const name = shown.view.classOf(shown.comparison, shown.row, area);
    const value = shown.view.read('value', shown.row, area);
    const trend = placeline.drawTrend(catalogue, shown, area);
    const within = shown.level.authority[area];
    box.replaceChildren(
      el('h3', { class: 'area-name' }, shown.level.name[area]),
      el('p', { class: 'quiet' }, [shown.level.code[area], within].filter(Boolean).join(' · ')),
      el('p', { class: 'value' }, value == null ? (name === 'suppressed' ? 'Suppressed' : 'No data') : words.number(value, shown.outcome.decimals),
        value == null ? null : el('span', { class: 'unit' }, shown.outcome.unit)),
      el('p', { class: 'verdict' }, patterns.swatch(name), el('span', {}, words.verdict(name, shown.comparator))),
      el('dl', { class: 'facts' }, facts(catalogue, shown, area)),
      trend ? el('h4', {}, 'Year by year') : null,
      trend,
      trend ? el('p', { class: 'quiet' }, `Line: ${shown.level.name[area]}, with its interval where known.${shown.comparator ? ` Dashes: ${shown.comparator}.` : ''} A gap means no value or a change of method.`) : null,
      el('details', {}, el('summary', {}, 'The row behind this'), el('pre', { tabindex: 0, role: 'region', 'aria-label': 'SQL query' }, el('code', {}, query(catalogue, shown, area)))),
      el('p', {}, el('button', { type: 'button', class: 'back', onclick: back }, 'To its row in the table')));
  };
  placeline.sourcesOf = sourcesOf;
})(window.placeline);
