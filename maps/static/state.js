'use strict';

// What is chosen, always a thing that exists, and its copy in the address so that a view can be shared.
(function (placeline) {
  placeline.makeState = function (catalogue) {
    const state = { ...catalogue.start, area: null, place: null };
    const periodKey = (period) => `${period.start}_${period.end}`;
    const indexOr = (index, otherwise) => (index >= 0 ? index : otherwise);
    const viewsOf = (outcome) => catalogue.views.filter((view) => view.outcome === outcome);

    // A wish may not exist; the outcome counts most, then the level, the period, the comparator.
    function settle(wish) {
      const views = viewsOf(wish.outcome);
      const view = views.find((one) => one.level === wish.level)
        || views.find((one) => catalogue.levels[one.level].is_authority) || views[0];
      const moved = view.level !== state.level;
      state.outcome = view.outcome;
      state.level = view.level;
      state.view = catalogue.views.indexOf(view);
      state.period = view.periods.includes(wish.period) ? wish.period : view.periods[view.periods.length - 1];
      const wanted = catalogue.comparators[wish.comparator];
      state.comparison = Math.max(0, wanted ? view.comparators.indexOf(wanted.comparator) : 0);
      const name = view.comparators[state.comparison];
      state.comparator = catalogue.comparators.findIndex((one) => one.comparator === name);
      state.row = view.periods.indexOf(state.period);
      if (moved) state.area = null;
      if ('area' in wish) state.area = wish.area;
      if ('place' in wish) state.place = wish.place;
    }

    function toHash(areaCode) {
      const parts = new URLSearchParams({
        outcome: catalogue.outcomes[state.outcome].outcome,
        level: catalogue.levels[state.level].area_level,
        period: periodKey(catalogue.periods[state.period]),
      });
      if (state.comparator >= 0) parts.set('comparator', catalogue.comparators[state.comparator].comparator);
      if (areaCode != null) parts.set('area', areaCode);
      if (state.place) parts.set('map', state.place);
      return `#${parts}`;
    }

    // The area stays a code here: which position it has is known only once its level is loaded.
    function fromHash(hash) {
      const parts = new URLSearchParams(hash.slice(1));
      const level = catalogue.levels.findIndex((one) => one.area_level === parts.get('level'));
      const named = catalogue.outcomes.findIndex((one) => one.outcome === parts.get('outcome'));
      const offered = (outcome) => viewsOf(outcome).length > 0;
      const atLevel = catalogue.views.find((view) => view.level === level);
      return {
        outcome: named >= 0 && offered(named) ? named : (atLevel || state).outcome,
        level: indexOr(level, state.level),
        period: indexOr(catalogue.periods.findIndex((one) => periodKey(one) === parts.get('period')), state.period),
        comparator: indexOr(
          catalogue.comparators.findIndex((one) => one.comparator === parts.get('comparator')), state.comparator),
        areaCode: parts.get('area'),
        place: /^[\d.]+\/-?[\d.]+\/-?[\d.]+$/.test(parts.get('map') || '') ? parts.get('map') : null,
      };
    }

    return { state, settle, toHash, fromHash, viewsOf };
  };
})(window.placeline);
