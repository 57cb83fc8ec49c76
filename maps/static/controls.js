'use strict';

// The form above the map: offers what there is, and marks what the chosen outcome does not have.
(function (placeline) {
  const { el, byId } = placeline;

  function option(value, label, chosen, off) {
    return el('option', { value, selected: chosen, disabled: off }, label);
  }

  placeline.makeControls = function (catalogue, store, change) {
    const { state } = store;
    const outcome = byId('choose-outcome');
    const level = byId('choose-level');
    const period = byId('choose-period');
    const comparator = byId('choose-comparator');
    const find = byId('find-area');

    function groups() {
      const themes = new Map();
      catalogue.outcomes.forEach((one, at) => {
        if (!store.viewsOf(at).length) return;
        if (!themes.has(one.theme)) themes.set(one.theme, []);
        themes.get(one.theme).push(option(at, one.label, at === state.outcome));
      });
      return [...themes].map(([theme, options]) => el('optgroup', { label: theme.replace(/^./, (c) => c.toUpperCase()) }, options));
    }

    function show() {
      const view = catalogue.views[state.view];
      const levels = new Set(store.viewsOf(state.outcome).map((one) => one.level));
      outcome.replaceChildren(...groups());
      level.replaceChildren(...catalogue.levels.map((one, at) => option(
        at, levels.has(at) ? one.label : `${one.label} (not measured)`, at === state.level, !levels.has(at))));
      period.replaceChildren(...view.periods.map((at) => option(at, catalogue.periods[at].label, at === state.period)));
      comparator.replaceChildren(...catalogue.comparators.map((one, at) => option(
        at, one.label, at === state.comparator, !view.comparators.includes(one.comparator))));
      comparator.disabled = !view.comparators.length;
    }

    function offerAreas(areas) {
      const many = areas.code.length > 2000;
      byId('area-names').replaceChildren(...(many ? [] : areas.name.map((name, at) => el('option', { value: name }, areas.code[at]))));
      find.value = '';
    }

    outcome.addEventListener('change', () => change({ outcome: Number(outcome.value) }));
    level.addEventListener('change', () => change({ level: Number(level.value), place: null }));
    period.addEventListener('change', () => change({ period: Number(period.value) }));
    comparator.addEventListener('change', () => change({ comparator: Number(comparator.value) }));
    byId('controls').addEventListener('submit', (event) => event.preventDefault());

    return { show, offerAreas, find };
  };
})(window.placeline);
