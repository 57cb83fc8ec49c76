'use strict';

// Elements are made here and nowhere else; text from the data only ever becomes a text node.
(function (placeline) {
  const SVG = 'http://www.w3.org/2000/svg';

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (name === 'onclick') node.addEventListener('click', value);
      else if (value === true) node.setAttribute(name, '');
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
    return node;
  }

  placeline.el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  placeline.svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  placeline.byId = (id) => document.getElementById(id);
  placeline.calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
})(window.placeline);
