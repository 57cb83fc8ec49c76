'use strict';

// How numbers, verdicts and ranges are written.
(function (placeline) {
  const NONE = '–';
  const formats = new Map();

  function number(value, decimals = 0) {
    if (value == null) return NONE;
    if (!formats.has(decimals)) {
      formats.set(decimals, new Intl.NumberFormat('en-GB', {
        minimumFractionDigits: decimals, maximumFractionDigits: decimals,
      }));
    }
    return formats.get(decimals).format(value).replace(/^-/, '−');
  }

  function range(from, to, decimals) {
    return from == null && to == null ? NONE : `${number(from, decimals)} to ${number(to, decimals)}`;
  }

  function level(share) {
    return share == null ? 'Interval' : `${number(share * 100, 2).replace(/\.?0+$/, '')}% interval`;
  }

  function count(amount, one, many = `${one}s`) {
    return `${number(amount)} ${amount === 1 ? one : many}`;
  }

  function listing(parts) {
    return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}` : parts.join('');
  }

  const PHRASES = {
    better: ['is better than COMPARATOR', 'are better than COMPARATOR'],
    similar: ['is similar', 'are similar'],
    worse: ['is worse', 'are worse'],
    'too few data': ['has too few data to tell', 'have too few data to tell'],
    'uncertainty unknown': ['has a score of unknown certainty', 'have scores of unknown certainty'],
    'not judged': ['is not judged', 'are not judged'],
    'not compared': ['has nothing to be compared with', 'have nothing to be compared with'],
    suppressed: ['is suppressed', 'are suppressed'],
    missing: ['has no data', 'have no data'],
  };

  // Said in full where one area is looked at.
  const VERDICTS = {
    better: 'Better than COMPARATOR, by more than chance and the usual differences between areas explain.',
    similar: 'Similar to COMPARATOR: no further from it than areas usually are.',
    worse: 'Worse than COMPARATOR, by more than chance and the usual differences between areas explain.',
    'too few data': 'Too few data to say whether it differs from COMPARATOR.',
    'uncertainty unknown': 'The publisher does not say how certain this score is, so it cannot be called better or worse.',
    'not judged': 'More of this is neither better nor worse in itself, so no verdict is given.',
    'not compared': 'There is nothing to compare this value with.',
    suppressed: 'Suppressed: so few people or answers stand behind it that it is withheld.',
    missing: 'No data for this area and period.',
  };

  // A function, because a replacement string would treat $ in a label as a pattern.
  const withComparator = (text, comparator) => text.replace('COMPARATOR', () => comparator);

  placeline.words = {
    NONE, number, range, level, count, listing,
    phrase: (name, amount, comparator) => withComparator(PHRASES[name][amount === 1 ? 0 : 1], comparator),
    verdict: (name, comparator) => withComparator(VERDICTS[name], comparator),
    better: (direction) => direction === 'neither' ? 'more is neither better nor worse' : `${direction} is better`,
  };
})(window.placeline);
