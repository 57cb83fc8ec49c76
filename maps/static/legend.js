'use strict';

// The legend counts what the map shows.
(function (placeline) {
  const { el, svg, patterns, words } = placeline;
  const ALWAYS = new Set(['better', 'similar', 'worse']);

  placeline.drawLegend = function (box, catalogue, shown) {
    const most = Math.max(1, ...Object.values(shown.counts));
    const rows = catalogue.classes
      .filter((one) => ALWAYS.has(one.class) || shown.counts[one.class])
      .map((one) => {
        const amount = shown.counts[one.class] || 0;
        return el('li', { title: one.meaning },
          patterns.swatch(one.class), el('span', { class: 'legend-label' }, one.label),
          svg('svg', { class: 'legend-bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' },
            svg('rect', { width: 100 * amount / most, height: 10 })),
          el('span', { class: 'legend-count' }, words.number(amount)));
      });
    box.replaceChildren(
      el('h2', {}, shown.comparator ? `Compared with ${shown.comparator}` : 'Legend'),
      el('ul', {}, rows));
  };
})(window.placeline);
