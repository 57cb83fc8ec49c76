'use strict';

// The same figures as rows: sorted, filtered, and a way to choose an area without the map.
(function (placeline) {
  const { el, patterns, words } = placeline;
  const FIRST = 100; // rows drawn before the reader asks for all
  const collator = new Intl.Collator('en-GB', { numeric: true });

  function columnsOf(shown, classes) {
    const get = (name) => (area) => shown.view.read(name, shown.row, area);
    const number = (name) => (area) => words.number(get(name)(area), shown.outcome.decimals);
    const order = new Map(classes.map((one, at) => [one.class, at]));
    const label = new Map(classes.map((one) => [one.class, one.label]));
    const classOf = (area) => shown.view.classOf(shown.comparison, shown.row, area);
    const compared = (area) => shown.view.compare('comparator_value', shown.comparison, shown.row, area);
    const columns = [
      { title: 'Area', key: (area) => shown.level.name[area], text: (area) => shown.level.name[area], head: true },
      { title: 'Verdict', key: (area) => order.get(classOf(area)), text: (area) => label.get(classOf(area)), swatch: classOf },
      { title: 'Value', key: get('value'), text: number('value'), number: true },
      { title: 'Interval', key: get('lower'), text: (area) => words.range(get('lower')(area), get('upper')(area), shown.outcome.decimals), number: true },
      { title: 'Observations', key: get('observations'), text: (area) => words.number(get('observations')(area)), number: true },
      { title: 'Comparator', key: compared, text: (area) => words.number(compared(area), shown.outcome.decimals), number: true },
      { title: 'Border range', key: get('low'), text: (area) => words.range(get('low')(area), get('high')(area), shown.outcome.decimals), number: true },
    ];
    if (shown.level.authority.some((name) => name != null)) {
      columns.splice(1, 0, { title: 'Authority', key: (area) => shown.level.authority[area], text: (area) => shown.level.authority[area] || words.NONE });
    }
    return columns;
  }

  function compare(a, b) {
    if (a == null || b == null) return (a == null) - (b == null);
    return typeof a === 'number' ? a - b : collator.compare(a, b);
  }

  placeline.makeTable = function (parts, classes, handlers) {
    const sort = { column: 'Area', up: true };
    const rowOf = new Map();
    let shown = null;
    let columns = [];
    let all = false;

    function wanted() {
      const text = parts.filter.value.trim().toLowerCase();
      const areas = [...shown.level.code.keys()].filter((area) => !text
        || [shown.level.name[area], shown.level.code[area], shown.level.authority[area]]
          .some((word) => word != null && word.toLowerCase().includes(text)));
      const column = columns.find((one) => one.title === sort.column) || columns[0];
      const sign = sort.up ? 1 : -1;
      // Areas without a value stay last, whichever way the rest is sorted.
      return areas.sort((a, b) => {
        const [x, y] = [column.key(a), column.key(b)];
        return (x == null || y == null ? compare(x, y) : sign * compare(x, y)) || a - b;
      });
    }

    function cell(column, area) {
      if (column.head) {
        return el('th', { scope: 'row' }, el('button', { type: 'button', class: 'link', onclick: () => handlers.choose(area) }, column.text(area)));
      }
      return el('td', { class: column.number ? 'number' : column.swatch ? 'whole' : null }, column.swatch ? patterns.swatch(column.swatch(area)) : null, column.text(area));
    }

    function head() {
      return el('tr', {}, columns.map((column) => {
        const on = column.title === sort.column;
        return el('th', { scope: 'col', class: column.number ? 'number' : null, 'aria-sort': on ? (sort.up ? 'ascending' : 'descending') : null },
          el('button', { type: 'button', class: 'sort', onclick: () => resort(column.title) }, column.title,
            el('span', { class: 'arrow', 'aria-hidden': 'true' }, on ? (sort.up ? ' ▲' : ' ▼') : ' ↕')));
      }));
    }

    function resort(title) {
      sort.up = sort.column === title ? !sort.up : true;
      sort.column = title;
      draw();
      [...parts.table.tHead.querySelectorAll('button')][columns.findIndex((one) => one.title === title)].focus();
    }

    function draw() {
      const areas = wanted();
      const drawn = all ? areas : areas.slice(0, FIRST);
      rowOf.clear();
      parts.table.tHead.replaceChildren(head());
      parts.table.tBodies[0].replaceChildren(...drawn.map((area) => {
        const row = el('tr', { class: area === handlers.chosen() ? 'chosen' : null }, columns.map((column) => cell(column, area)));
        rowOf.set(area, row);
        return row;
      }));
      const unit = `${shown.outcome.label} (${shown.outcome.unit}), ${shown.period}`;
      parts.caption.textContent = `${unit}: ${words.number(areas.length)} of ${words.count(shown.level.code.length, 'area')}${drawn.length < areas.length ? `, the first ${words.number(drawn.length)} shown` : ''}`;
      parts.more.hidden = drawn.length === areas.length;
      parts.more.textContent = `Show all ${words.number(areas.length)} rows`;
    }

    parts.filter.addEventListener('input', () => { if (shown) draw(); });
    parts.more.addEventListener('click', () => { all = true; draw(); });
    // Paper has no button to ask for the rest.
    window.addEventListener('beforeprint', () => { if (shown && !all) { all = true; draw(); } });

    return {
      show(next) { shown = next; columns = columnsOf(next, classes); draw(); },
      choose(area) { for (const [at, row] of rowOf) row.classList.toggle('chosen', at === area); },
      focus(area) {
        if (!rowOf.has(area)) { parts.filter.value = ''; all = true; draw(); }
        const row = rowOf.get(area);
        row.scrollIntoView({ block: 'center' });
        row.querySelector('button').focus({ preventScroll: true });
      },
    };
  };
})(window.placeline);
