/** Drawing without strings of HTML: templates are cloned, data enters as text only. */

/** Clones `<template id="…">` of the page and returns its one element. @param {string} id @returns {HTMLElement} */
export function clone(id) {
  const template = document.getElementById(id);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`The page has no template ${id}`);
  const root = /** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild;
  if (!(root instanceof HTMLElement)) throw new Error(`Template ${id} is empty`);
  return root;
}

/**
 * The element marked `data-part="…"` below `root`, as the class it is expected to be.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} name
 * @param {{new (): T}} type
 * @returns {T}
 */
export function part(root, name, type) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof type)) throw new Error(`No ${type.name} is marked as ${name}`);
  return found;
}

/** @param {string} tag @param {string} className @param {...(Node | string)} children */
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Makes `place` hold `children` and nothing else, touching only what differs. @param {Element} place @param {Element[]} children */
export function hold(place, children) {
  children.forEach((child, index) => {
    if (place.children[index] !== child) place.insertBefore(child, place.children[index] ?? null);
  });
  while (place.children.length > children.length) place.lastElementChild?.remove();
}

/** Writes only what changed: selections survive, and a screen reader is not told the same again. @param {Node} node @param {string} value */
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

/** The same for words with elements among them, such as a moment. @param {Element} place @param {...(Node | string)} children */
export function phrase(place, ...children) {
  const wanted = element("span", "", ...children).childNodes;
  const isSame = wanted.length === place.childNodes.length && [...wanted].every((node, index) => node.isEqualNode(place.childNodes[index] ?? null));
  if (!isSame) place.replaceChildren(...wanted);
}

/** @param {HTMLElement} element @param {boolean} visible */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

/**
 * Runs `draw` soon and once, however often it is asked to: in the next frame, but not more often than every `least`
 * milliseconds; also in a hidden tab, where frames stand still.
 * @param {() => void} draw
 * @param {number} [least]
 */
export function oncePerFrame(draw, least = 0) {
  let asked = false;
  let drawn = -least;
  const run = () => {
    asked = false;
    drawn = performance.now();
    draw();
  };
  const inFrame = () => (document.visibilityState === "visible" ? requestAnimationFrame(run) : setTimeout(run, 250));
  return () => {
    if (asked) return;
    asked = true;
    const early = drawn + least - performance.now();
    if (early > 0) setTimeout(inFrame, early);
    else inFrame();
  };
}

/** Each act gets the event's detail. @param {HTMLElement} place @param {Record<string, (detail: any) => void>} acts by the event's name */
export function listen(place, acts) {
  for (const [name, act] of Object.entries(acts)) {
    place.addEventListener(name, (event) => act(event instanceof CustomEvent ? event.detail : undefined));
  }
}
