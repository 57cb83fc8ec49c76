'use strict';

// Parts of the data arrive as scripts that call deliver(): a page opened from a folder may not fetch files.
(function () {
  const delivered = new Map();
  const loading = new Map();

  function load(part) {
    if (delivered.has(part.key)) return Promise.resolve(delivered.get(part.key));
    if (!loading.has(part.key)) {
      loading.set(part.key, new Promise((resolve, reject) => {
        const script = document.createElement('script');
        script.src = part.file;
        script.addEventListener('load', () => resolve(delivered.get(part.key)));
        script.addEventListener('error', () => {
          loading.delete(part.key);
          reject(new Error(`${part.file} could not be loaded`));
        });
        document.head.append(script);
      }));
    }
    return loading.get(part.key);
  }

  window.placeline = { deliver: (key, content) => { delivered.set(key, content); }, load };
})();
