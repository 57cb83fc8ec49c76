'use strict';

// The view as a file. A spreadsheet runs text that starts like a formula, so such text gets a quote before it.
(function (placeline) {
  const { el } = placeline;

  function field(value) {
    if (value == null) return '';
    const text = typeof value === 'string' && /^[\s]*[=+\-@\t\r\n]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  }

  const VALUES = [
    'value', 'lower', 'upper', 'level_of_confidence', 'observations', 'exposure', 'exposure_unit', 'raw_value',
    'low', 'high', 'uncertainty_kind', 'is_suppressed', 'method', 'source',
  ];

  placeline.csv = function (catalogue, shown, build) {
    const period = catalogue.periods[shown.period_at];
    const head = ['outcome', 'outcome_label', 'unit', 'direction', 'area_level', 'area_code', 'area_name', 'authority', 'period_start', 'period_end',
      ...VALUES, 'comparator', 'comparator_value', 'verdict', 'licence_and_attribution', 'build_id'];
    const credit = (ids) => placeline.sourcesOf(catalogue, ids).join('; ');
    const rows = shown.level.code.map((code, area) => {
      const read = (name) => shown.view.read(name, shown.row, area);
      // Kept as numbers in the payload, where nothing but numbers is smaller.
      const suppressed = read('is_suppressed') == null ? null : Boolean(read('is_suppressed'));
      return [
        shown.outcome.outcome, shown.outcome.label, shown.outcome.unit, shown.outcome.direction, shown.areaLevel, code,
        shown.level.name[area], shown.level.authority[area], period.start, period.end,
        ...VALUES.map((name) => (name === 'is_suppressed' ? suppressed : read(name))),
        shown.comparatorName, shown.view.compare('comparator_value', shown.comparison, shown.row, area),
        shown.view.classOf(shown.comparison, shown.row, area), credit(read('source')), build,
      ];
    });
    return `\ufeff${[head, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
  };

  placeline.field = field;
  placeline.save = function (name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
    el('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
})(window.placeline);
