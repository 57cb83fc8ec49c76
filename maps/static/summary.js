'use strict';

// Says in sentences what the map shows; screen readers hear it after every change.
(function (placeline) {
  const { byId, words } = placeline;

  function sentence(catalogue, shown) {
    const counts = shown.counts;
    const verdicts = ['better', 'similar', 'worse'];
    const some = verdicts.some((name) => counts[name]);
    const parts = catalogue.classes
      .filter((one) => counts[one.class] || (some && verdicts.includes(one.class)))
      .map((one) => {
        const amount = counts[one.class] || 0;
        return `${amount ? words.number(amount) : 'none'} ${words.phrase(one.class, amount, shown.comparator)}`;
      });
    return `${shown.levelLabel}, ${shown.period}: of ${words.count(shown.level.code.length, 'area')}, ${words.listing(parts)}.`;
  }

  placeline.summarise = function (catalogue, shown, siteTitle) {
    const title = `${shown.outcome.label}, ${shown.period}`;
    byId('view-theme').textContent = shown.outcome.theme;
    byId('view-title').textContent = title;
    byId('view-question').textContent =
      `${shown.outcome.question} Measured in ${shown.outcome.unit}; ${words.better(shown.outcome.direction)}.`;
    byId('summary').textContent = sentence(catalogue, shown);
    document.title = `${title} – ${siteTitle}`;
  };
})(window.placeline);
