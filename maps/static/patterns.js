'use strict';

// Each class looks different without colour: strong, weak, or a pattern of its own.
(function (placeline) {
  const { svg } = placeline;
  // Drawn on a tile of 8 by 8; one list of strokes serves both SVG and canvas.
  const MARKS = {
    'too few data': ['M-2 10L10 -2', 'M-2 2L2 -2', 'M6 10L10 6'],
    'uncertainty unknown': ['M2 2h.01', 'M6 6h.01'],
    'not judged': ['M2 0V8', 'M6 0V8', 'M0 4H8'],
    'not compared': ['M-2 -2L10 10', 'M6 -2L10 2', 'M-2 6L2 10'],
    suppressed: ['M0 0L8 8', 'M8 0L0 8'],
    missing: ['M1 4h3'],
  };
  const STROKES = { 'uncertainty unknown': 2.4 };
  const slug = (name) => name.replace(/ /g, '-');

  // The page holds the patterns once; the style sheet refers to them by id.
  function definitions() {
    return svg('svg', { class: 'hidden', width: 0, height: 0, 'aria-hidden': 'true', focusable: 'false' },
      svg('defs', {}, Object.entries(MARKS).map(([name, marks]) => svg('pattern',
        { id: `pattern-${slug(name)}`, width: 8, height: 8, patternUnits: 'userSpaceOnUse', class: 'pattern' },
        svg('rect', { width: 8, height: 8 }),
        marks.map((d) => svg('path', { d, 'stroke-width': STROKES[name] || 1.1, 'stroke-linecap': 'round' }))))));
  }

  function swatch(name) {
    return svg('svg', { class: 'swatch', viewBox: '0 0 28 18', 'aria-hidden': 'true', focusable: 'false' },
      svg('rect', { class: `class-${slug(name)}`, x: 0.5, y: 0.5, width: 27, height: 17 }));
  }

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The same for a canvas, which no style sheet reaches.
  function canvasFill(name) {
    if (!MARKS[name]) return token(`--class-${slug(name)}`);
    const tile = document.createElement('canvas');
    tile.width = 8;
    tile.height = 8;
    const pen = tile.getContext('2d');
    pen.fillStyle = token('--pattern-ground');
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = token('--pattern-mark');
    pen.lineWidth = STROKES[name] || 1.1;
    pen.lineCap = 'round';
    for (const d of MARKS[name]) pen.stroke(new Path2D(d));
    return pen.createPattern(tile, 'repeat');
  }

  placeline.patterns = { definitions, swatch, canvasFill, slug, token };
})(window.placeline);
