"use strict";
// Draws a figure when it comes into view, in the colours of the page. Without Vega-Lite its data stand in its place.

const plots = (() => {
  const figures = JSON.parse(byId("figure-data").textContent);
  for (const { curves } of figures) curves.forEach((curve, i) => { curve.x ??= curves[i - 1].x; });
  const canDraw = typeof vega !== "undefined" && typeof vegaLite !== "undefined";
  // The palette of Okabe and Ito without its yellow and black; the paper's numbers are grey, hollow and dashed.
  const palettes = { light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"], dark: ["#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#0072B2"] };
  const shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"];

  const colour = name => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };

  const isDark = () => parseInt(colour("ground").match(/\d+/)[0]) < 128;

  // A printed curve that is called like one of ours gets a name of its own.
  for (const figure of figures) {
    const ours = new Set(figure.curves.filter(curve => !curve.isPaper).map(curve => curve.name));
    for (const curve of figure.curves) if (curve.isPaper && ours.has(curve.name)) curve.name += ", printed";
  }

  // Networks by name, such as 3x50: the colour tells the width and the dashes the depth, alike in all figures. Where a panel has one depth
  // and names are such as "width 50, before training", the dashes tell that it is before.
  const look = name => {
    const [, layers, width] = /^(\d+)x(\d+)$/.exec(name) ?? [];
    if (width) return { width: Number(width), dash: layers - 1 };
    const [, alone, before] = /^width (\d+), (before)?/.exec(name) ?? [];
    return alone && { width: Number(alone), dash: before ? 1 : 0 };
  };
  const widths = [25, 50, 100, 200];
  const keyOf = curve => look(curve.name) ? curve.name : curve.group ?? curve.name;

  function rows(figure) {
    return figure.curves.flatMap(curve => curve.x.map((x, i) => ({
      panel: curve.panel, curve: keyOf(curve), capped: Boolean(figure.isCapped) && i === curve.x.length - 1, line: curve.name, paper: curve.isPaper, strong: curve.standsOut, scattered: curve.isScattered, x, y: curve.y[i], order: i,
      ...(curve.error && { low: curve.y[i] - curve.error[i], high: curve.y[i] + curve.error[i], error: curve.error[i] }),
      ...(figure.x.categories && { x: figure.x.categories[x] ?? x }),
      ...(figure.y.categories && { y: figure.y.categories[curve.y[i]] ?? curve.y[i] }),
    })));
  }

  // A title longer than its axis goes on in a second line.
  function wrapped(text, characters) {
    const lines = [""];
    for (const word of text.split(" ")) {
      if (lines.at(-1) && lines.at(-1).length + word.length > characters) lines.push("");
      lines[lines.length - 1] += `${lines.at(-1) && " "}${word}`;
    }
    return lines;
  }

  // Vega's expression for labels in as many lines as they need; it has the name in the given field.
  const inLines = (names, characters, field) =>
    `(${JSON.stringify(Object.fromEntries(names.map(name => [name, wrapped(name, characters)])))})[datum.${field}]`;

  // A label as nodes: its words that are mathematics as the page typesets them, the others as text.
  function typeset(text, words) {
    const whole = document.createElement("template");
    const escaped = word => word.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
    whole.innerHTML = text.split(" ").map(word => Object.hasOwn(words, word) ? words[word] : escaped(word)).join(" ");
    return whole.content;
  }

  // The same in a drawing: italics, and scripts as small letters moved down or up, with what follows moved back.
  function drawn(nodes) {
    const span = (attributes, ...children) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      made.append(...children);
      return made;
    };
    return [...nodes].flatMap(node => {
      const inner = node.childNodes.length ? drawn(node.childNodes) : [];
      if (node.nodeName === "I") return [span({ "font-style": "italic" }, ...inner)];
      if (node.nodeName === "SUB") return [span({ dy: "0.3em", "font-size": "75%" }, ...inner), span({ dy: "-0.225em" }, "\u200b")];
      if (node.nodeName === "SUP") return [span({ dy: "-0.45em", "font-size": "75%" }, ...inner), span({ dy: "0.3375em" }, "\u200b")];
      return [node.textContent];
    });
  }

  function typesetDrawing(svg, words) {
    for (const text of svg.querySelectorAll("text")) {
      for (const line of text.querySelector("tspan") ? text.querySelectorAll("tspan") : [text]) {
        if (line.textContent.split(" ").some(word => Object.hasOwn(words, word))) line.replaceChildren(...drawn(typeset(line.textContent, words).childNodes));
      }
    }
  }

  // 10⁵ for 100 000, on axes that reach far.
  const power = [..."-0123456789"].reduce(
    (text, sign, i) => `replace(${text}, regexp('${sign}', 'g'), '${[..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"][i]}')`, "toString(round(log(datum.value) / LN10))");
  const powers = `abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-9 ? '10' + ${power} : ''`;

  const unique = list => [...new Set(list)];

  // Panels whose numbers reach about as far have one scale, so that they can be compared.
  function areComparable(figure, side) {
    if (figure[side].categories || figure.mark === "Bars" && side === "x") return false;
    const reach = new Map();
    for (const curve of figure.curves) {
      const numbers = curve[side].filter(value => value !== null);
      const [low, high] = reach.get(curve.panel) ?? [Infinity, -Infinity];
      reach.set(curve.panel, [Math.min(low, ...numbers), Math.max(high, ...numbers)]);
    }
    const all = [...reach.values()], low = Math.min(...all.map(one => one[0])), high = Math.max(...all.map(one => one[1]));
    return all.every(one => one[1] - one[0] >= .25 * (high - low));
  }

  // The last point of every line, with how many pixels its name moves down so that names are a line of text apart.
  function ends(values, height, isLogarithmic) {
    const last = new Map();
    for (const row of values) if (row.y !== null && row.x !== null && !row.scattered) last.set(row.curve, row);
    const place = isLogarithmic ? Math.log : value => value;
    const all = values.filter(row => row.y !== null).map(row => place(row.y)), low = Math.min(...all), high = Math.max(...all);
    const pixel = row => height * (high - place(row.y)) / (high - low || 1);
    const apart = 13;
    let below = -Infinity;
    return [...last.values()].sort((a, b) => pixel(a) - pixel(b)).map((row, i, sorted) => {
      const group = sorted.filter(other => Math.abs(pixel(other) - pixel(row)) < apart);
      const at = Math.max(below + apart, pixel(row) - (group.length > 1 ? apart * (group.length - 1) / 2 : 0));
      below = at;
      return { ...row, shift: at - pixel(row) };
    });
  }

  function specification(figure, width) {
    const isDrawn = row => row.y !== null && (!figure.y.isLogarithmic || row.y > 0) && (!figure.x.isLogarithmic || row.x > 0);
    // A line breaks where a point cannot be drawn; such a point is kept without a y. A point between two of them is no line.
    const values = figure.mark !== "Line" ? rows(figure).filter(isDrawn) : rows(figure).map((row, i, all) => {
      const isEnd = next => !next || next.panel !== row.panel || next.line !== row.line || !isDrawn(next);
      return isDrawn(row) ? { ...row, alone: isEnd(all[i - 1]) && isEnd(all[i + 1]) } : { ...row, x: figure.x.isLogarithmic && row.x <= 0 ? null : row.x, y: null, low: null, high: null };
    });
    const panels = unique(figure.curves.map(curve => curve.panel));
    const ours = unique(figure.curves.filter(curve => !curve.isPaper && !curve.isScattered).map(keyOf)).sort((a, b) => {
      const [one, other] = [look(a), look(b)];
      return one && other ? one.dash - other.dash || one.width - other.width : 0;
    });
    const printed = unique(figure.curves.filter(curve => curve.isPaper).map(keyOf));
    const names = [...ours, ...printed];
    const ink = colour("ink"), faint = colour("faint"), rule = colour("rule"), ground = colour("ground");
    const palette = palettes[isDark() ? "dark" : "light"];
    const fitting = Math.floor(width / (isPrinting ? 215 : 260));
    const columns = Math.max(1, Math.min(panels.length, panels.length === 4 ? 2 : 3, fitting));
    const longest = Math.max(...names.map(name => name.length));
    // A few lines are named where they end, if there is room beside them.
    const labelRoom = 6.5 * longest + 12;
    const isLabelled = figure.mark === "Line" && panels.length === 1 && names.length > 1 && names.length <= 6 && labelRoom <= width / 4
      && !figure.isCapped && !Object.keys(figure.words).some(word => names.some(name => name.split(" ").includes(word)));
    const panelWidth = Math.max(150, Math.min(560, (width - 40) / columns - 75 - (isLabelled ? labelRoom : 0)));
    const height = panels.length > 1 ? 150 : Math.min(300, panelWidth * .62);

    // What Vega cuts off cannot be typeset.
    const limit = pixels => Object.keys(figure.words).length ? 0 : pixels;

    const reaches = side => figure.curves.some(curve => curve[side].some(value => value !== null && value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) <= 1e-5)));
    const axis = (given, isX) => {
      const title = wrapped(given.label, (isX ? panelWidth : height) / 6.5);
      const room = isX ? panelWidth / (given.categories?.length ?? 1) / 6.5 : 30;
      const lean = isX && given.categories && Math.max(...given.categories.flatMap(name => name.split(" ")).map(word => word.length)) > room;
      return given.categories
        ? { type: "nominal", sort: given.categories, scale: figure.mark === "Bars" ? { paddingInner: .35, paddingOuter: .2 } : {}, axis: { title, labelAngle: lean ? -35 : 0, labelLimit: limit(300), ...(!lean && { labelExpr: inLines(given.categories, room, "label") }) } }
        : { type: "quantitative", scale: { type: given.isLogarithmic ? "log" : "linear", zero: figure.mark === "Bars" && !isX && !given.isLogarithmic, nice: true }, axis: { title, tickCount: isX ? 5 : 6, ...(given.isLogarithmic && { gridOpacity: .25, ...(reaches(isX ? "x" : "y") && { labelExpr: powers }) }) } };
    };
    const x = { field: "x", ...axis(figure.x, true) }, y = { field: "y", ...axis(figure.y, false) };

    // One legend for everything that tells curves apart: colour, the shape or the dashes, and hollow points for what is printed.
    const legend = !isLabelled && (names.length > 1 || printed.length) ? { title: null, orient: "bottom", columns: Math.max(1, Math.floor(width / (longest * 7 + 40))), labelLimit: limit(500), symbolLimit: 60, symbolOpacity: 1, ...(figure.mark === "Line" && { symbolType: "stroke", symbolSize: 300, symbolStrokeWidth: 2 }), ...(figure.mark === "Bars" && { symbolType: "square", symbolStrokeWidth: 0 }) } : null;
    const byCurve = of => ({ field: "curve", type: "nominal", scale: { domain: names, range: names.map(of) }, legend });
    const tone = (name, i) => {
      const width = look(name)?.width;
      return printed.includes(name) ? faint : width === undefined ? palette[i % palette.length]
        : palette[(widths.includes(width) ? widths.indexOf(width) : 4 + width) % palette.length];
    };
    const hue = byCurve(tone);
    const dashes = [[1, 0], [6, 3], [2, 2]], printedDashes = [[4, 4], [1, 3], [9, 3]];
    const dashOf = (name, i) => printed.includes(name) ? printedDashes[printed.indexOf(name) % printedDashes.length]
      : dashes[(look(name)?.dash ?? Math.floor(i / palette.length)) % dashes.length];
    const dash = printed.length || names.length > palette.length || names.some(look) ? { strokeDash: byCurve(dashOf) } : {};
    const points = { stroke: byCurve(tone), fill: byCurve((name, i) => printed.includes(name) ? ground : tone(name, i)), shape: byCurve((name, i) => printed.includes(name) ? "circle" : shapes[i % shapes.length]) };
    const tooltip = [{ field: "curve", title: "curve" }, { field: "x", title: figure.x.label }, { field: "y", title: figure.y.label }];
    const measured = { filter: "isValid(datum.y)" }, paper = { filter: "datum.paper" }, own = { filter: "!datum.paper" };
    const many = figure.curves.length > 8 * panels.length, hasStrong = values.some(row => row.strong);
    const most = Math.max(...figure.curves.map(curve => curve.x.length));
    const order = { field: "order", type: "quantitative" };
    const grouped = figure.mark === "Bars" && figure.x.categories && names.length > 1 ? { xOffset: { field: "curve", type: "nominal", sort: names } } : {};
    const layers = [];

    if (values.some(row => row.error !== undefined)) {
      layers.push({ mark: { type: "rule", strokeWidth: 1.25, opacity: .8 }, transform: [{ filter: "isValid(datum.error) && isValid(datum.y)" }], encoding: { x, ...grouped, y: { ...y, field: "low" }, y2: { field: "high" }, color: hue } });
    }
    if (figure.mark === "Line") {
      // Beneath the lines, grey, and not in the legend, whose signs are strokes.
      if (values.some(row => row.scattered)) layers.push({ mark: { type: "point", filled: true, size: 10, opacity: .55, color: faint }, transform: [{ filter: "datum.scattered" }, measured], encoding: { x, y, tooltip } });
      const breaking = { invalid: "break-paths-show-path-domains" };
      const lines = { x, y, order, color: hue, detail: { field: "line" }, ...dash };
      layers.push({ mark: { type: "line", ...breaking, strokeWidth: many ? 1.25 : 2, opacity: hasStrong ? .45 : many ? .75 : 1 }, transform: [{ filter: "!datum.strong && !datum.scattered && !datum.capped" }], encoding: lines });
      // What was cut off at the end of the range is a share of its own, not a part of the density.
      if (figure.isCapped) {
        layers.push({ mark: { type: "rule", strokeWidth: 1, strokeDash: [1, 2] }, transform: [{ filter: "datum.capped" }, measured], encoding: { x, y, y2: { datum: 0 }, color: hue } });
        layers.push({ mark: { type: "point", shape: "diamond", size: 60, strokeWidth: 1.75, opacity: 1, fill: ground }, transform: [{ filter: "datum.capped" }, measured], encoding: { x, y, color: hue, tooltip } });
      }
      if (hasStrong) layers.push({ mark: { type: "line", ...breaking, strokeWidth: 3.5 }, transform: [{ filter: "datum.strong" }], encoding: lines });
      const isDotted = most <= 16 && !many;
      if (isDotted || values.some(row => row.alone && !row.scattered)) layers.push({ mark: { type: "point", filled: true, size: 28, opacity: 1 }, transform: [own, measured, { filter: isDotted ? "true" : "datum.alone && !datum.scattered" }], encoding: { x, y, color: hue, tooltip } });
      // Where no dots are seen, a place to point at.
      if (!isDotted && !isPrinting && values.length < 3000) layers.push({ mark: { type: "point", filled: true, size: 50, opacity: 0 }, transform: [measured, { filter: "!datum.scattered" }], encoding: { x, y, color: hue, tooltip } });
      // A single printed number is no line.
      if (figure.curves.some(curve => curve.isPaper && curve.x.length <= 16)) layers.push({ mark: { type: "point", size: 50, strokeWidth: 1.75, opacity: 1, fill: ground }, transform: [paper, measured], encoding: { x, y, color: hue, tooltip } });
      if (isLabelled) layers.push({ data: { values: ends(values, height, figure.y.isLogarithmic) }, mark: { type: "text", align: "left", dx: 7, fontSize: 11, dy: { expr: "datum.shift" } }, encoding: { x, y, text: { field: "curve" }, color: { value: ink } } });
    } else if (figure.mark === "Points") {
      layers.push({ mark: { type: "point", size: values.length > 300 ? 16 : 42, opacity: values.length > 300 ? .6 : 1 }, encoding: { x, y, ...points, tooltip } });
    } else {
      layers.push({ mark: { type: "bar", ...(figure.x.categories ? {} : { width: Math.max(2, .8 * panelWidth / most) }), opacity: .9 }, transform: [own], encoding: { x, y, ...grouped, color: hue, tooltip } });
      if (printed.length) layers.push({ mark: { type: "point", size: 50, strokeWidth: 1.75, opacity: 1, fill: ground }, transform: [paper], encoding: { x, y, ...grouped, color: hue, tooltip } });
    }

    const inner = { width: panelWidth, height, layer: layers };
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json",
      background: ground,
      data: { values },
      ...(panels.length > 1 ? { facet: { field: "panel", type: "nominal", sort: panels, title: null, header: { labelExpr: inLines(panels, panelWidth / 6.5, "value") } }, columns, spec: inner, resolve: { axis: { x: "independent", y: "independent" }, scale: { y: figure.y.categories || figure.y.isShared || areComparable(figure, "y") ? "shared" : "independent", x: areComparable(figure, "x") ? "shared" : "independent" } } } : inner),
      config: {
        font: "system-ui, sans-serif", padding: 4,
        axis: { labelColor: faint, titleColor: ink, titleFontWeight: "normal", gridColor: rule, domainColor: rule, tickColor: rule, gridOpacity: .6, labelFontSize: 11, titleFontSize: 12, labelOverlap: true },
        legend: { labelColor: ink, labelFontSize: 12 },
        header: { labelColor: ink, labelFontSize: 12, labelFontWeight: "bold" },
        view: { stroke: null },
        locale: { number: { decimal: ".", thousands: "\u00a0", grouping: [3], currency: ["", ""] } },
      },
    };
  }

  const number = value => value === null ? "" : typeof value === "number" ? String(value) : value;

  function table(figure) {
    const made = document.createElement("table");
    const head = made.createTHead().insertRow();
    const hasPanels = figure.curves.some(curve => curve.panel), hasErrors = figure.curves.some(curve => curve.error);
    for (const text of [...(hasPanels ? ["panel"] : []), "curve", figure.x.label, figure.y.label, ...(hasErrors ? ["±"] : [])]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.append(typeset(text, figure.words));
      head.append(cell);
    }
    const body = made.createTBody();
    for (const row of rows(figure)) {
      const line = body.insertRow();
      for (const value of [...(hasPanels ? [row.panel] : []), row.curve + (row.paper ? " (printed)" : ""), row.x, row.y, ...(hasErrors ? [row.error ?? null] : [])]) line.insertCell().append(typeset(String(number(value)), figure.words));
    }
    return made;
  }

  function csv(figure) {
    const quoted = value => `"${String(number(value ?? null)).replaceAll('"', '""')}"`;
    const lines = [["panel", "curve", "printed", figure.x.label, figure.y.label, "error"], ...rows(figure).map(row => [row.panel, row.curve, row.paper, row.x, row.y, row.error])];
    return lines.map(line => line.map(quoted).join(",")).join("\n") + "\n";
  }

  function save(name, href) {
    const link = document.createElement("a");
    link.download = name;
    link.href = href;
    link.click();
  }

  function button(text, action) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function dataBox(figure) {
    const box = document.createElement("div");
    box.className = "data wide";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Data of ${figure.place}`);
    box.append(table(figure));
    return box;
  }

  const views = new Map();

  // In pixels; a narrow page of paper has about 690.
  const paperWidth = 660;
  let isPrinting = false;

  // What is seen, as a file of its own.
  function drawing(frame) {
    const svg = frame.querySelector(".canvas svg").cloneNode(true);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.removeAttribute("aria-hidden");
    svg.style.backgroundColor = colour("ground");
    return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  }

  async function picture(frame) {
    const image = new Image(), canvas = document.createElement("canvas"), scale = 2;
    image.src = drawing(frame);
    await image.decode();
    [canvas.width, canvas.height] = [scale * image.width, scale * image.height];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png");
  }

  async function draw(frame) {
    const figure = figures[frame.dataset.figure], canvas = frame.querySelector(".canvas");
    const width = isPrinting ? paperWidth : frame.clientWidth || 640;
    const view = new vega.View(vega.parse(vegaLite.compile(specification(figure, width), { logger: vega.logger(vega.Error) }).spec), { renderer: "svg", container: canvas, hover: true });
    views.get(frame)?.finalize();
    views.set(frame, view);
    await view.runAsync();
    if (views.get(frame) !== view) return;
    const svg = canvas.querySelector("svg");
    svg.setAttribute("aria-hidden", "true");
    typesetDrawing(svg, figure.words);
  }

  async function start(frame) {
    const figure = figures[frame.dataset.figure];
    if (frame.querySelector(".actions")) return draw(frame);
    const actions = document.createElement("p");
    actions.className = "actions";
    const csvButton = button("CSV", () => save(`${figure.name}.csv`, URL.createObjectURL(new Blob([csv(figure)], { type: "text/csv" }))));
    frame.append(actions);
    if (!canDraw) {
      frame.querySelector(".canvas").remove();
      frame.append(dataBox(figure));
      actions.append(csvButton);
      return;
    }
    await draw(frame);
    let box = null;
    actions.append(
      button("SVG", () => save(`${figure.name}.svg`, drawing(frame))),
      button("PNG", async () => save(`${figure.name}.png`, await picture(frame))),
      csvButton,
      button("Show the data", event => {
        if (box) { box.remove(); box = null; } else { box = dataBox(figure); frame.append(box); }
        event.target.textContent = box ? "Hide the data" : "Show the data";
      }));
  }

  const started = new Set();
  function begin(frame) {
    if (started.has(frame)) return;
    started.add(frame);
    start(frame);
  }

  const frames = document.querySelectorAll("[data-figure]");
  // What is folded has no width in some browsers: it is drawn anew when it comes into view.
  const redraw = () => views.forEach((view, frame) => {
    if (!frame.closest("details:not([open])")) return void draw(frame);
    view.finalize();
    views.delete(frame);
    frame.querySelector(".canvas").replaceChildren();
    started.delete(frame);
    watcher.unobserve(frame);
    watcher.observe(frame);
  });
  const watcher = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry => begin(entry.target)), { rootMargin: "300px" });
  frames.forEach(frame => watcher.observe(frame));
  if (canDraw) document.addEventListener("theme", redraw);

  let drawnFor = innerWidth, waiting = 0;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (innerWidth === drawnFor) return;
      drawnFor = innerWidth;
      redraw();
    }, 200);
  });

  // On paper every figure of an unfolded claim is drawn, as wide as the paper, in the colours that page.js has set by then. No drawing waits for anything, so that all are there when the browser lays out the pages.
  addEventListener("beforeprint", () => { isPrinting = true; redraw(); frames.forEach(frame => { if (!frame.closest("details:not([open])")) begin(frame); }); });
  addEventListener("afterprint", () => { isPrinting = false; redraw(); });
})();
