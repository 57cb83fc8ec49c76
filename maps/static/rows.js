'use strict';

// Tables that the page already holds: sorted, filtered, and saved as CSV. The values behind a cell stand beside its text.
(function (placeline) {
  const { el, words } = placeline;
  const FIRST = 100; // rows drawn before the reader asks for all
  const collator = new Intl.Collator('en-GB', { numeric: true });
  const values = (cell) => JSON.parse(cell.dataset.values);

  function compare(a, b) {
    return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(a, b);
  }

  function enhance(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const heads = [...table.tHead.rows[0].cells];
    const count = document.getElementById(`${table.id}-count`);
    const counted = count.cloneNode(true);
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const filter = el('input', { type: 'search', id: `${table.id}-filter`, autocomplete: 'off' });
    const more = el('button', { type: 'button', hidden: true, onclick: () => { all = true; draw(); } });
    let sorted = rows;
    let sort = { column: -1, up: true };
    let all = false;

    const wanted = () => {
      const text = filter.value.trim().toLowerCase();
      return sorted.filter((row) => texts.get(row).includes(text));
    };

    function draw() {
      const found = wanted();
      const shown = new Set(all ? found : found.slice(0, FIRST));
      for (const row of rows) row.hidden = !shown.has(row);
      body.append(...sorted);
      if (found.length < rows.length || shown.size < found.length) {
        count.textContent = `${words.number(found.length)} of ${words.count(rows.length, 'row')}${shown.size < found.length ? `, the first ${words.number(shown.size)} shown` : ''}.`;
      } else {
        count.replaceChildren(...counted.cloneNode(true).childNodes);
      }
      more.hidden = shown.size === found.length;
      more.textContent = `Show all ${words.number(found.length)} rows`;
    }

    function resort(column) {
      sort = { column, up: sort.column === column ? !sort.up : true };
      const sign = sort.up ? 1 : -1;
      const key = new Map(rows.map((row) => [row, values(row.cells[column]).find((value) => value != null)]));
      // Rows without a value stay last, whichever way the rest is sorted.
      sorted = [...rows].sort((a, b) => {
        const [x, y] = [key.get(a), key.get(b)];
        return x == null || y == null ? (x == null) - (y == null) : sign * compare(x, y);
      });
      heads.forEach((head, at) => {
        if (at === column) head.setAttribute('aria-sort', sort.up ? 'ascending' : 'descending');
        else head.removeAttribute('aria-sort');
        head.querySelector('.arrow').textContent = at === column ? (sort.up ? ' ▲' : ' ▼') : ' ↕';
      });
      draw();
    }

    function csv() {
      const build = document.querySelector('[data-build]').dataset.build;
      const names = [...heads.flatMap((head) => JSON.parse(head.dataset.names)), 'build_id'];
      const lines = wanted().map((row) => [...[...row.cells].flatMap(values), build]);
      return `\ufeff${[names, ...lines].map((line) => line.map(placeline.field).join(',')).join('\r\n')}\r\n`;
    }

    heads.forEach((head, at) => {
      head.replaceChildren(el('button', { type: 'button', class: 'sort', onclick: () => resort(at) }, head.textContent,
        el('span', { class: 'arrow', 'aria-hidden': 'true' }, ' ↕')));
    });
    filter.addEventListener('input', draw);
    // Paper has no button to ask for the rest.
    window.addEventListener('beforeprint', () => { all = true; draw(); });
    document.querySelector(`[data-tools="${table.id}"]`).append(
      el('div', { class: 'control beside' }, el('label', { for: filter.id }, 'Filter'), filter),
      el('button', { type: 'button', onclick: () => placeline.save(`${table.dataset.file}.csv`, csv()) }, 'Download this table (CSV)'));
    table.closest('.scroll').after(el('p', {}, more));
    table.addEventListener('placeline-show', () => { filter.value = ''; all = true; draw(); });
    draw();
  }

  document.querySelectorAll('table.figures').forEach(enhance);
})(window.placeline);
