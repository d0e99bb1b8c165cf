"use strict";
// The graph of a paper's claims: columns by how long a chain of claims each rests on. Choosing a claim draws its neighbourhood alone.

const graph = (() => {
  const claims = new Map(JSON.parse(byId("graph-data").textContent).map(claim => [claim.id, { ...claim, users: [] }]));
  for (const claim of claims.values()) for (const base of claim.uses) claims.get(base).users.push(claim.id);

  const rowHeight = 38, columnWidth = 300, lineHeight = 12, gap = 16;
  let paper = "";
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `11px ${getComputedStyle(document.body).fontFamily}`;

  // Everything that a claim reaches along "uses" or "users".
  function reach(id, along) {
    const found = new Set(), open = [id];
    while (open.length) for (const next of claims.get(open.pop())[along]) if (!found.has(next)) { found.add(next); open.push(next); }
    return found;
  }

  function layers(ids) {
    const depth = new Map();
    const of = id => {
      if (!depth.has(id)) depth.set(id, Math.max(-1, ...claims.get(id).uses.filter(base => ids.has(base)).map(of)) + 1);
      return depth.get(id);
    };
    ids.forEach(of);
    return depth;
  }

  function components(ids) {
    const seen = new Set(), all = [];
    for (const id of ids) {
      if (seen.has(id)) continue;
      const members = [], open = [id];
      seen.add(id);
      while (open.length) {
        const here = open.pop();
        members.push(here);
        for (const next of [...claims.get(here).uses, ...claims.get(here).users]) if (ids.has(next) && !seen.has(next)) { seen.add(next); open.push(next); }
      }
      all.push(members);
    }
    return all.sort((a, b) => b.length - a.length);
  }

  // Positions of one component. Rows are ordered by the mean row of the neighbours, a few times over, so that few arrows cross.
  function place(members, depth, left, top, positions) {
    const columns = [];
    for (const id of members) (columns[depth.get(id)] ??= []).push(id);
    const height = Math.max(...columns.map(column => column.length));
    const row = new Map();
    const spread = column => column.forEach((id, i) => row.set(id, (i + .5) * height / column.length));
    columns.forEach(spread);
    for (let round = 0; round < 12; round++) {
      for (const column of round % 2 ? [...columns].reverse() : columns) {
        const wish = new Map(column.map(id => {
          const near = [...claims.get(id).uses, ...claims.get(id).users].filter(other => row.has(other)).map(other => row.get(other));
          return [id, near.length ? near.reduce((sum, y) => sum + y, 0) / near.length : row.get(id)];
        }));
        column.sort((a, b) => wish.get(a) - wish.get(b));
        spread(column);
      }
    }
    for (const [id, y] of row) positions.set(id, { x: left + depth.get(id) * columnWidth, y: top + y * rowHeight });
    return top + height * rowHeight + gap;
  }

  // Deep components below each other, those of two columns in two lanes, single claims in a grid.
  function layout(ids) {
    const depth = layers(ids), positions = new Map();
    const all = components(ids), single = all.filter(one => one.length === 1).flat();
    const lanes = [4, 4];
    for (const members of all.filter(one => one.length > 1)) {
      if (members.every(id => depth.get(id) < 2)) {
        const lane = lanes[0] <= lanes[1] ? 0 : 1;
        lanes[lane] = place(members, depth, lane * 2 * columnWidth, lanes[lane], positions);
      } else {
        lanes.fill(place(members, depth, 0, Math.max(...lanes), positions));
      }
    }
    const top = Math.max(...lanes), perRow = Math.max(1, Math.min(5, single.length));
    single.forEach((id, i) => positions.set(id, { x: (i % perRow) * columnWidth, y: top + (Math.floor(i / perRow) + .5) * rowHeight }));
    return { positions, height: top + Math.ceil(single.length / perRow) * rowHeight + 4, width: columnWidth + Math.max(...[...positions.values()].map(at => at.x)) };
  }

  function element(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // A title on lines as wide as its column.
  function lines(text) {
    const all = [""], room = columnWidth - 62;
    for (const word of text.split(" ")) {
      const longer = `${all.at(-1)}${all.at(-1) && " "}${word}`;
      if (ruler.measureText(longer).width <= room || !all.at(-1)) all[all.length - 1] = longer;
      else all.push(word);
    }
    return all;
  }

  function draw(ids, chosen) {
    const { positions, width, height } = layout(ids);
    const svg = element("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": chosen ? `What ${chosen} rests on, and what rests on it` : "The claims of a paper and what they rest on" });
    svg.append(element("defs", {}, element("marker", { id: "tip", viewBox: "0 0 6 6", refX: 6, refY: 3, markerWidth: 6, markerHeight: 6, orient: "auto" }, element("path", { d: "M0 0L6 3L0 6z", fill: "context-stroke" }))));
    for (const [id, to] of positions) {
      for (const base of claims.get(id).uses.filter(one => positions.has(one))) {
        const from = positions.get(base);
        const start = from.x + 20 + Math.max(...lines(claims.get(base).title).map(line => ruler.measureText(line).width)), end = to.x - 1, middle = (Math.max(start, end - 40) + end) / 2;
        svg.append(element("path", { class: "edge", d: `M${start} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`, "marker-end": "url(#tip)" }));
      }
    }
    for (const [id, at] of positions) {
      const claim = claims.get(id);
      const node = element("g", { class: `node ${claim.tone}${id === chosen ? " chosen" : ""}`, "data-id": id, transform: `translate(${at.x} ${at.y})`, tabindex: -1, role: "button", "aria-label": `${id}, ${claim.verdict}: ${claim.title}. Rests on ${claim.uses.length}, used by ${claim.users.length}` },
        element("title", {}, `${claim.title} (${claim.verdict})`),
        element("rect", { x: 0, y: -rowHeight / 2, width: columnWidth - 20, height: rowHeight, fill: "transparent" }),
        element("text", { class: "sign", x: 2, y: 4 }, claim.sign),
        element("text", { class: "label", x: 17, y: 4 }, ...lines(claim.title).map((line, i, all) =>
          element("tspan", { x: 17, y: 4 + (i - (all.length - 1) / 2) * lineHeight }, `${line} `))));
      svg.append(node);
    }
    byId("graph-frame").replaceChildren(svg);
    // One stop of the Tab key for the whole graph; arrow keys move inside.
    (svg.querySelector(".chosen") ?? svg.querySelector(".node")).setAttribute("tabindex", 0);
  }

  // A paper's claims, and those of others that they rest on.
  function showAll(id = paper) {
    paper = id;
    const own = [...claims.values()].filter(claim => claim.paper === paper);
    draw(new Set([...own.map(claim => claim.id), ...own.flatMap(claim => claim.uses)]));
    for (const button of byId("graph-papers").children) button.setAttribute("aria-pressed", String(button.dataset.paper === paper));
    byId("graph-all").hidden = true;
    byId("graph-about").textContent = "";
  }

  function choose(id) {
    const claim = claims.get(id), ids = new Set([id, ...reach(id, "uses"), ...reach(id, "users")]);
    draw(ids, id);
    byId("graph-all").hidden = false;
    const link = document.createElement("a");
    link.href = `#${id}`;
    link.textContent = claim.title;
    byId("graph-about").replaceChildren(link, ` (${claim.verdict}): rests on ${reach(id, "uses").size}, used by ${reach(id, "users").size}`);
    byId("graph-frame").querySelector(".chosen").focus();
  }

  // The nearest node in the direction of an arrow key.
  function neighbour(node, key) {
    const from = node.getBoundingClientRect();
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    let best = null, least = Infinity;
    for (const other of byId("graph-frame").querySelectorAll(".node")) {
      const at = other.getBoundingClientRect(), x = at.x - from.x, y = at.y - from.y;
      const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
      if (along > 2 && along + 3 * across < least) { least = along + 3 * across; best = other; }
    }
    return best;
  }

  byId("graph-frame").addEventListener("click", event => {
    const node = event.target.closest(".node");
    if (node) choose(node.dataset.id);
  });
  byId("graph-frame").addEventListener("keydown", event => {
    const node = event.target.closest(".node");
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") choose(node.dataset.id);
    else if (event.key === "Escape") { showAll(); byId("graph-frame").querySelector(`[data-id="${node.dataset.id}"]`).focus(); }
    else if (event.key.startsWith("Arrow")) {
      const next = neighbour(node, event.key);
      if (next) { node.setAttribute("tabindex", -1); next.setAttribute("tabindex", 0); next.focus(); }
    } else return;
    event.preventDefault();
  });
  byId("graph-all").addEventListener("click", () => showAll());
  byId("graph-papers").addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) showAll(button.dataset.paper);
  });
  showAll(byId("graph-papers").firstElementChild.dataset.paper);
})();
