'use strict';

// Opens the packed columns of a view: one cell for each period and area.
(function (placeline) {
  function reader(column) {
    if (!column.rows) return () => column.same;
    if (!column.words) return (period, area) => column.rows[period][area];
    return (period, area) => {
      const at = column.rows[period][area];
      return at == null ? null : column.words[at];
    };
  }

  const openAll = (packed) => Object.fromEntries(Object.entries(packed).map(([name, column]) => [name, reader(column)]));

  // `row` counts the view's own periods; `at` of a state names a period of the whole catalogue.
  placeline.openView = function (view, content, areaCount) {
    const columns = openAll(content.columns);
    const comparisons = content.comparisons.map(openAll);
    const read = (name, row, area) => columns[name](row, area);
    const compare = (name, comparison, row, area) => comparisons[comparison][name](row, area);
    // No row at all for an area shows as no class, which is missing too.
    const classOf = (comparison, row, area) => compare('class', comparison, row, area) ?? 'missing';

    function count(comparison, row) {
      const counts = {};
      for (let area = 0; area < areaCount; area += 1) {
        const name = classOf(comparison, row, area);
        counts[name] = (counts[name] || 0) + 1;
      }
      return counts;
    }

    return { ...view, read, compare, classOf, count };
  };
})(window.placeline);
