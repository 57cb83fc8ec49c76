'use strict';

// Leaves those rows of a table that hold what is typed, in any column of words.
(function (placeline) {
  const { byId } = placeline;
  const input = byId('filter-rows');
  if (!input) return;
  const rows = [...byId(input.dataset.table).tBodies[0].rows];
  input.form.hidden = false;

  input.addEventListener('input', () => {
    const text = input.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = ![...row.cells].some((cell) => !cell.classList.contains('number') && cell.textContent.toLowerCase().includes(text));
      shown += row.hidden ? 0 : 1;
    }
    byId('filter-count').textContent = text ? `${shown} of ${rows.length} shown.` : '';
  });
  input.form.addEventListener('submit', (event) => event.preventDefault());
})(window.placeline);
