'use strict';

// Tells how old the data are today. status.js is rewritten every night, also on nights without a release.
(function () {
  const status = window.placelineStatus;
  const box = document.getElementById('freshness');
  if (!status || !box) return;

  const days = (count) => (count === 1 ? '1 day' : `${count} days`);
  const ages = (status.sources || []).filter((source) => source.age_days != null);
  const oldest = ages.reduce((worst, source) => (worst && worst.age_days >= source.age_days ? worst : source), null);
  const day = (text) => {
    const date = new Date(text);
    const style = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' };
    return Number.isNaN(date.getTime()) ? '' : date.toLocaleDateString('en-GB', style);
  };
  // A file can be fetched today and end years ago: where it does not say when it was fetched, its last day tells.
  const reach = (source) =>
    source.fetched_on ? `fetched ${days(source.age_days)} before the last run` : `covering data up to ${day(source.period_end)}`;
  const when = status.at ? ` on ${day(status.at)}` : '';
  const STATES = {
    published: 'published a release',
    'nothing changed': 'found nothing new',
    refused: 'was refused by its checks, so an earlier release is shown',
    failed: 'failed, so an earlier release is shown',
  };
  const parts = [];
  if (oldest) parts.push(`Oldest source: ${oldest.title || oldest.source}, ${reach(oldest)}. `);
  parts.push(`The last run${when} ${STATES[status.state] || `ended as ${status.state}`}. `);
  const link = document.createElement('a');
  link.href = 'sources.html';
  link.textContent = 'See each source';
  box.replaceChildren(...parts, link, '.');

  for (const cell of document.querySelectorAll('[data-age-of]')) {
    const source = ages.find((one) => one.source === cell.dataset.ageOf);
    if (source) cell.textContent = reach(source);
  }
})();
