"use strict";
// The page's own behaviour: colours, the filter, links into folded sections, copying.

const byId = id => document.getElementById(id);

// Colours: as the system, light, dark. What was chosen is kept where the browser keeps anything for a file.
const themes = { "": "system", light: "light", dark: "dark" };

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = `Colours: ${themes[theme]}`;
  try { localStorage.setItem("reproduce-theme", theme); } catch { /* a browser may keep nothing for files */ }
  document.dispatchEvent(new Event("theme"));
}

function startTheme() {
  let kept = "";
  try { kept = localStorage.getItem("reproduce-theme") ?? ""; } catch { /* as above */ }
  const button = byId("theme");
  button.hidden = false;
  setTheme(kept in themes ? kept : "");
  button.addEventListener("click", () => {
    const order = Object.keys(themes);
    setTheme(order[(order.indexOf(document.documentElement.dataset.theme) + 1) % order.length]);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new Event("theme")));
}

// The filter. Its state is the address: #claims?paper=slope&verdict=refuted&kind=theorem&search=kink
const fields = ["search", "paper", "verdict", "kind"];

// What readers write, and what the entries write.
const spellings = [
  [/\bprop(\.|(?= \d))/g, "proposition"], [/\bfig(\.|(?= \d))/g, "figure"], [/\beq(\.|(?= \d))/g, "equation"],
  [/\bdef(\.|(?= \d))/g, "definition"], [/\bcor(\.|(?= \d))/g, "corollary"], [/\btab(\.|(?= \d))/g, "table"],
  [/\bgis?\b/g, "generalization interval"], [/\bkendall'?s? tau\b/g, "τ"], [/\bwp\s*=\s*pl1\b/g, "wp = pl1"],
  [/z(?=ation|e\b|ed\b|es\b|ing\b)/g, "s"], [/\s+/g, " "],
];
const spelt = text => spellings.reduce((all, [from, to]) => all.replace(from, to), text.toLowerCase()).trim();

// The text of each row, with the place and the statement of its claim.
const texts = new WeakMap();

function textOf(row) {
  if (!texts.has(row)) texts.set(row, spelt(`${row.textContent} ${row.dataset.text}`));
  return texts.get(row);
}

// Rows that have the words as they stand, "Table 4.2" and not "Table 4.25"; where there are none, those that have each word somewhere.
function found(rows, search) {
  const wanted = spelt(search);
  const words = wanted.split(" ");
  const whole = new RegExp(`(?<![\\p{L}\\d])${wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\d]|\\.\\d)`, "u");
  const exact = rows.filter(row => whole.test(textOf(row)));
  return new Set(exact.length > 0 ? exact : rows.filter(row => words.every(word => textOf(row).includes(word))));
}

// On a phone the first rows are enough until all are asked for.
const narrow = matchMedia("(max-width: 44rem)");
const firstRows = 50;
let areAllWanted = false;

function applyFilter() {
  const form = byId("filter");
  const [search, ...exact] = fields.map(name => form.elements[name].value);
  const rows = [...byId("claim-table").tBodies[0].rows];
  const matching = found(rows, search);
  const limit = narrow.matches && !areAllWanted ? firstRows : rows.length;
  let shown = 0;
  for (const row of rows) {
    const fits = matching.has(row)
      && ["paper", "verdict", "kind"].every((name, i) => !exact[i] || row.dataset[name] === exact[i] || name === "verdict" && row.dataset.group === exact[i]);
    shown += fits;
    row.hidden = !fits || shown > limit;
  }
  byId("more").hidden = shown <= limit;
  byId("more").textContent = `Show all ${shown}`;
  byId("shown").textContent = shown === rows.length ? `${rows.length} claims` : `${shown} of ${rows.length} claims`;
}

function keepFilter() {
  const query = new URLSearchParams();
  for (const name of fields) {
    const value = byId("filter").elements[name].value;
    if (value) query.set(name, value);
  }
  history.replaceState(null, "", `#claims${query.size ? `?${query}` : ""}`);
}

function readFilter(query) {
  const values = new URLSearchParams(query);
  for (const name of fields) byId("filter").elements[name].value = values.get(name) ?? "";
  applyFilter();
}

function startFilter() {
  const form = byId("filter");
  form.hidden = false;
  form.addEventListener("input", () => { applyFilter(); keepFilter(); });
  form.addEventListener("submit", event => event.preventDefault());
  byId("more").addEventListener("click", () => { areAllWanted = true; applyFilter(); });
  narrow.addEventListener("change", applyFilter);
  form.addEventListener("reset", () => setTimeout(() => { applyFilter(); keepFilter(); }));
  applyFilter();
}

// One view is seen at a time. The browser's own search looks into the others where it can, and leads there.
const views = [...document.querySelectorAll(".view")];

function show(view) {
  for (const one of views) {
    if (one === view) one.removeAttribute("hidden");
    else one.setAttribute("hidden", "until-found");
  }
  for (const link of document.querySelectorAll("nav .bar a")) {
    const isHere = byId(link.hash.slice(1))?.closest(".view") === view;
    if (isHere) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  document.dispatchEvent(new Event("view"));
}

function startViews() {
  for (const view of views) view.addEventListener("beforematch", () => show(view));
  show(byId("front"));
}

// An address leads to a view, a claim, a figure, or a filter. What it leads to is unfolded.
function follow() {
  const [id, query] = decodeURIComponent(location.hash.slice(1)).split("?");
  if (!id) return void (show(byId("front")), scrollTo(0, 0));
  if (query !== undefined) readFilter(query);
  const target = byId(id);
  if (!target) return;
  const view = target.closest(".view");
  if (view && view.hasAttribute("hidden")) show(view);
  if (target === view) return void scrollTo(0, 0);
  for (let around = target; around; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true;
  }
  target.scrollIntoView();
}

// The search of the front page leads to the table of claims.
function startFinding() {
  const form = byId("find");
  form.hidden = false;
  form.addEventListener("submit", event => {
    event.preventDefault();
    location.hash = `claims?${new URLSearchParams({ search: form.elements.search.value })}`;
  });
}

function startCopying() {
  for (const button of document.querySelectorAll("button.copy")) button.hidden = false;
  document.addEventListener("click", async event => {
    const button = event.target.closest("button.copy");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Files may not use the clipboard in some browsers: what is to be copied is selected instead.
      getSelection().selectAllChildren(button.previousElementSibling);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

// All claims are hundreds of pages of paper: they are printed as the reader left them, and the figures of experiments beside their lines.
function startUnfolding() {
  const button = byId("unfold");
  if (!button) return;
  button.parentElement.hidden = false;
  const claims = document.querySelectorAll("details.claim");
  button.addEventListener("click", () => {
    const isUnfolding = [...claims].some(one => !one.open);
    for (const one of claims) one.open = isUnfolding;
    button.textContent = isUnfolding ? "Fold all claims" : "Unfold all claims";
  });
}

// On paper all views stand below each other, and the ground is white. Afterwards all is as it was.
function startPrinting() {
  let view = null, theme = "", moved = [];
  addEventListener("beforeprint", () => {
    view = views.find(one => !one.hasAttribute("hidden"));
    for (const one of views) one.removeAttribute("hidden");
    // Of a folded claim the figures of its largest run are printed under its line.
    for (const claim of document.querySelectorAll("details.claim:not([open])")) {
      const gallery = document.createElement("div");
      gallery.className = "gallery";
      const own = claim.querySelectorAll(":scope > .plot");
      for (const frame of own.length ? own : claim.querySelectorAll(".smaller[open] .plot")) {
        const mark = document.createComment("");
        frame.replaceWith(mark);
        gallery.append(frame);
        moved.push([frame, mark]);
      }
      if (gallery.childElementCount) { claim.after(gallery); moved.push([gallery, null]); }
    }
    theme = document.documentElement.dataset.theme;
    document.documentElement.dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    for (const [element, mark] of moved) if (mark) mark.replaceWith(element); else element.remove();
    moved = [];
    document.documentElement.dataset.theme = theme;
    show(view);
  });
}

startTheme();
startViews();
startUnfolding();
startPrinting();
startFilter();
startFinding();
startCopying();
addEventListener("hashchange", follow);
// A link to where the address already is changes no hash, but may lead into what was folded since.
document.addEventListener("click", event => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) setTimeout(follow);
});
follow();
