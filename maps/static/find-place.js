'use strict';

// Finds a place of any level by its name or code. The names are loaded only when someone starts to search.
(function (placeline) {
  const { el, byId } = placeline;
  const input = byId('find-place');
  if (!input) return;
  const MOST = 20;
  const list = byId('found');
  const status = byId('found-count');
  input.form.hidden = false;

  function address(level, at) {
    if (level.page[at]) return level.page[at];
    return `map.html#${new URLSearchParams({ level: level.area_level, area: level.code[at] })}`;
  }

  // Begins with it, has a word that begins with it, or merely holds it.
  function rank(name, code, text) {
    if (code === text || name === text) return 0;
    if (name.startsWith(text) || code.startsWith(text)) return 1;
    const at = name.indexOf(text);
    return at < 0 ? (code.includes(text) ? 4 : -1) : (name[at - 1] === ' ' ? 2 : 3);
  }

  function search(levels, text) {
    const found = [];
    levels.forEach((level) => level.name.forEach((name, at) => {
      const score = rank(name.toLowerCase(), level.code[at].toLowerCase(), text);
      if (score >= 0) found.push({ level, at, name, score });
    }));
    return found.sort((a, b) => a.score - b.score);
  }

  function entry({ level, at, name }) {
    const more = [level.label, level.authority[at] && `in ${level.authority[at]}`, level.code[at]].filter(Boolean);
    return el('li', {}, el('a', { href: address(level, at) }, name), ' ', el('span', { class: 'quiet' }, more.join(', ')));
  }

  async function show() {
    const text = input.value.trim().toLowerCase();
    try {
      const levels = await placeline.load({ key: 'places', file: input.dataset.places });
      if (text !== input.value.trim().toLowerCase()) return;
      const found = text ? search(levels, text) : [];
      list.replaceChildren(...found.slice(0, MOST).map(entry));
      const count = found.length === 1 ? '1 place' : `${found.length} places`;
      status.textContent = !text ? '' : found.length > MOST ? `${count}; the first ${MOST} are shown.` : `${count}.`;
    } catch (error) {
      status.textContent = `The names could not be loaded: ${error.message}.`;
    }
  }

  input.addEventListener('input', show);
  input.form.addEventListener('submit', (event) => {
    event.preventDefault();
    const first = list.querySelector('a');
    if (first) first.focus();
  });
})(window.placeline);
