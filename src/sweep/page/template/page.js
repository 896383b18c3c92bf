"use strict";
// The page's only script: pictures, tables that sort, words to copy, the threshold and the parallel lines.
// Every text goes in by textContent or as an attribute, never as markup.
const pictures = JSON.parse(document.getElementById("pictures").textContent);
const make = (tag, attributes = {}, ...children) => {
  const svg = ["svg", "g", "path", "line", "rect", "text", "circle"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const plain = text => String(text).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let printing = false;

// Colours
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const named = mark => /^@[0-5]$/.test(mark) ? colour("--c" + mark[1])
  : mark === "@none" ? "rgba(0,0,0,0)" : colour("--" + mark.slice(1));
const themed = value => typeof value === "string" ? (/^@([0-5]|ink|muted|paper|none)$/.test(value) ? named(value) : value)
  : Array.isArray(value) ? value.map(themed)
  : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, themed(v)]))
  : value;

// Pictures
function layoutOf(picture, width) {
  const narrow = width < 560, given = themed(picture.layout);
  const axis = {
    gridcolor: colour("--line"), linecolor: colour("--muted"), zerolinecolor: colour("--line"), tickcolor: colour("--muted"),
    ticks: "outside", fixedrange: narrow,
  };
  const fit = old => {
    const merged = { ...axis, ...old };
    if (merged.title) merged.title = { ...merged.title, standoff: 8, font: { size: 12 } };
    return merged;
  };
  return {
    ...given, xaxis: fit(given.xaxis), yaxis: fit(given.yaxis), width, height: picture.height + (narrow ? 40 : 0),
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: narrow ? 30 : 50, r: 12, t: 30, b: 40 }, font: { family: "inherit", size: narrow ? 11 : 12, color: colour("--ink") },
    hoverlabel: { font: { family: "sans-serif", size: 12 } }, legend: { ...given.legend, ...(given.legend?.y > 1 ? { y: 1.02, yanchor: "bottom" } : {}), font: { size: narrow ? 11 : 12 } },
    bargap: 0.25,
  };
}
const options = { displayModeBar: false, responsive: false };
const widthOf = place => printing ? 660 : Math.max(260, place.parentElement.clientWidth);
function draw(place) {
  const picture = pictures[place.dataset.figure];
  return Plotly.react(place, themed(picture.data), layoutOf(picture, widthOf(place)), options);
}
async function unpack() {
  const packed = document.getElementById("plotly").textContent;
  if (!packed || typeof DecompressionStream === "undefined") return false;
  const bytes = Uint8Array.from(atob(packed), sign => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = make("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script); // runs because the policy names this text's digest
  return typeof Plotly !== "undefined";
}
async function drawAll() {
  const places = [...document.querySelectorAll("[data-figure]")];
  if (!places.length || !await unpack()) { document.documentElement.dataset.drawn = "none"; return; }
  for (const place of places) {
    await draw(place);
    place.querySelectorAll("svg, a").forEach(part => part.setAttribute("aria-hidden", "true"));
    place.querySelectorAll("a, [tabindex]").forEach(part => part.setAttribute("tabindex", "-1"));
    await new Promise(resume => setTimeout(resume, 0));
  }
  document.documentElement.dataset.drawn = String(places.length);
  let waiting = 0;
  const again = () => { redraws.forEach(redraw => redraw()); places.forEach(draw); };
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(again, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  addEventListener("beforeprint", () => { printing = true; again(); });
  addEventListener("afterprint", () => { printing = false; again(); });
}
const redraws = [];

// Tables
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  heads.forEach((head, place) => head.querySelector("button").addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") !== "ascending", sign = up ? 1 : -1;
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const key = row => {
      const cell = row.cells[place], number = cell.dataset.sort;
      return number !== undefined ? Number(number) : cell.textContent.trim();
    };
    const known = [...body.rows].map(row => [key(row), row]);
    // What is empty stands last either way; numbers before words.
    const rank = value => value === "" ? 2 : typeof value === "number" ? 0 : 1;
    known.sort(([a], [b]) => rank(a) - rank(b)
      || sign * (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true })));
    body.append(...known.map(([, row]) => row));
  }));
}

// Words to copy
for (const block of document.querySelectorAll(".copy")) {
  const said = block.querySelector("[role=status]"), words = block.querySelector("code");
  block.querySelector("button").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent);
    } catch { // a file from the disk may have no clipboard
      getSelection().selectAllChildren(words);
      said.textContent = document.execCommand("copy") ? "copied" : "selected: press Ctrl-C";
      return;
    }
    said.textContent = "copied";
    setTimeout(() => { said.textContent = ""; }, 2000);
  });
}

// The threshold
function threshold(stage, told) {
  const input = make("input", { type: "range", min: 0, max: told.thresholds.length - 1, step: 1, value: told.chosen, id: "threshold-input" });
  const label = make("label", { for: "threshold-input" }), facts = make("p", { class: "facts", "aria-live": "polite" });
  const cell = kind => make("td", { class: kind });
  const cells = [cell("right"), cell("wrong"), cell("wrong"), cell("right")];
  const head = text => make("th", { scope: "col" }, text), side = text => make("th", { scope: "row" }, text);
  const matrix = make("table", { class: "matrix" }, make("caption", {}, "Rows held out at this threshold"),
    make("thead", {}, make("tr", {}, make("td"), head("says yes"), head("says no"))),
    make("tbody", {}, make("tr", {}, side("is positive"), cells[0], cells[1]), make("tr", {}, side("is negative"), cells[2], cells[3])));
  const back = make("button", { type: "button" }, "Back to the chosen one");
  const curve = make("svg", { class: "lines", role: "img", "aria-label": "Cost of all errors at each threshold; the chosen threshold and the present one are marked" });
  const cost = ([, fp, fn]) => told.cost_miss * fn + told.cost_false_alarm * fp;
  const costs = told.counts.map(cost), least = costs.indexOf(Math.min(...costs));
  const percent = (part, whole) => whole ? (100 * part / whole).toFixed(1) + " %" : "none";
  function paint() {
    const width = Math.max(240, stage.querySelector(".curve").clientWidth || 400), height = 210, left = 48, bottom = 34;
    const top = Math.max(...costs), x = t => left + t * (width - left - 8), y = c => 12 + (1 - c / (top || 1)) * (height - bottom - 12);
    const at = Number(input.value), parts = [];
    const text = (px, py, said, more = {}) => make("text", { x: px, y: py, ...more }, said);
    curve.setAttribute("viewBox", `0 0 ${width} ${height}`);
    if (told.interval) parts.push(make("rect", { x: x(told.interval[0]), y: 12, width: Math.max(1, x(told.interval[1]) - x(told.interval[0])), height: height - bottom - 12, fill: colour("--soft") }));
    for (const share of [0, .25, .5, .75, 1]) parts.push(text(x(share), height - 18, share.toFixed(2), { class: "tick", "text-anchor": "middle" }));
    for (const share of [0, .5, 1]) parts.push(text(left - 6, y(share * top) + 4, (share * top).toFixed(0), { class: "tick", "text-anchor": "end" }));
    parts.push(text((left + width) / 2, height - 3, "threshold (probability)", { class: "tick", "text-anchor": "middle" }));
    const path = told.thresholds.map((t, i) => `${i ? "L" : "M"}${x(t).toFixed(1)} ${y(costs[i]).toFixed(1)}`).join("");
    parts.push(make("path", { d: path, fill: "none", stroke: colour("--c0"), "stroke-width": 2 }));
    const rule = (i, stroke, dash, said, py) => {
      const px = x(told.thresholds[i]), end = px > width - 90;
      parts.push(make("line", { x1: px, x2: px, y1: 12, y2: height - bottom, stroke, "stroke-width": 2, "stroke-dasharray": dash }),
        text(px + (end ? -5 : 5), py, said, { "text-anchor": end ? "end" : "start" }));
    };
    rule(told.chosen, colour("--ink"), "5 4", "chosen", 22);
    if (at !== told.chosen) rule(at, colour("--c1"), "none", "here", 36);
    curve.replaceChildren(...parts);
  }
  function show() {
    const at = Number(input.value), [tp, fp, fn, tn] = told.counts[at], t = told.thresholds[at];
    [tp, fn, fp, tn].forEach((count, i) => { cells[i].textContent = count.toLocaleString("en"); });
    label.textContent = `Threshold ${t.toFixed(4)}${at === told.chosen ? " (the chosen one)" : ""}`;
    input.setAttribute("aria-valuetext", `threshold ${t.toFixed(4)}: ${tp} found, ${fn} missed, ${fp} false alarms`);
    facts.textContent = `Found ${percent(tp, tp + fn)} of the positives; ${percent(tp, tp + fp)} of the yeses are right; `
      + `cost ${costs[at].toLocaleString("en")}, and the least is ${costs[least].toLocaleString("en")} at ${told.thresholds[least].toFixed(4)}.`;
    paint();
  }
  stage.append(label, input, make("div", { class: "pair" }, make("div", {}, matrix, back), make("div", { class: "curve" }, curve, make("p", { class: "small" }, "Cost of the errors (units of objective.cost_*); shaded: where the best threshold lies on other rows."))), facts);
  input.addEventListener("input", show);
  back.addEventListener("click", () => { input.value = told.chosen; show(); });
  redraws.push(paint);
  show();
}

// Parallel lines
function parallel(stage, told) {
  const n = told.names.length, axes = told.axes, limits = axes.map(() => [0, 1]);
  const score = axes[axes.length - 1];
  for (const axis of axes) {
    if (axis.kind === "words") {
      const words = axis.choices;
      axis.place = value => words.length < 2 ? .5 : words.indexOf(String(value)) / (words.length - 1);
      axis.ticks = words.map((word, i) => [words.length < 2 ? .5 : i / (words.length - 1), plain(word)]);
    } else {
      const scale = axis.kind === "log" ? Math.log : Number, known = axis.values.filter(v => v !== null);
      const low = Math.min(...known), high = Math.max(...known), wide = scale(high) - scale(low) || 1;
      axis.place = value => (scale(value) - scale(low)) / wide;
      const back = share => axis.kind === "log" ? Math.exp(scale(low) + share * wide) : low + share * wide;
      axis.ticks = [0, .25, .5, .75, 1].map(share => [share, String(Number(back(share).toPrecision(3)))]);
    }
    axis.places = axis.values.map(value => value === null ? null : axis.place(value));
  }
  const plot = make("svg", { class: "lines", role: "img", "aria-label": "Parallel coordinates of the trials; the boxes below choose ranges" });
  const left = make("p", { class: "facts", "aria-live": "polite" }), boxes = make("div", { class: "brushes" });
  const inside = i => axes.every((axis, a) => {
    const [low, high] = limits[a], place = axis.places[i];
    return (low <= 0 && high >= 1) || (place !== null && place >= low - 1e-9 && place <= high + 1e-9);
  });
  let columns = [], height = 330;
  function paint() {
    const width = printing ? 660 : Math.max(260, stage.clientWidth), narrow = width < 560;
    const side = 58, right = 96, top = narrow ? 110 : 88, foot = 14, step = (width - side - right) / (axes.length - 1);
    columns = axes.map((_, a) => side + a * step);
    height = narrow ? 360 : 350;
    const y = place => top + (1 - place) * (height - top - foot), parts = [], over = [];
    plot.setAttribute("viewBox", `0 0 ${width} ${height}`);
    plot.dataset.top = top; plot.dataset.foot = foot;
    const names = [];
    for (let i = n - 1; i >= 0; i--) {
      let path = "", pen = "M";
      axes.forEach((axis, a) => {
        if (axis.places[i] === null) { pen = "M"; return; }
        path += `${pen}${columns[a].toFixed(1)} ${y(axis.places[i]).toFixed(1)}`; pen = "L";
      });
      const is = inside(i);
      (is ? over : parts).push(make("path", {
        d: path, fill: "none", stroke: is ? colour("--c" + told.arms[i] % 6) : colour("--line"), "stroke-width": is ? 1.6 : 1,
        "stroke-opacity": is ? (n > 60 ? .55 : .8) : .7, "stroke-dasharray": is && told.arms[i] % 2 ? "6 3" : "none", "data-inside": is ? 1 : 0,
      }));
      if (is) names.unshift(plain(told.names[i]));
    }
    parts.push(...over);
    axes.forEach((axis, a) => {
      const x = columns[a], [low, high] = limits[a], last = a === axes.length - 1;
      parts.push(make("line", { x1: x, x2: x, y1: y(0), y2: y(1), stroke: colour("--muted") }));
      if (low > 0 || high < 1) parts.push(make("rect", { x: x - 6, width: 12, y: y(high) - 3, height: Math.max(6, y(low) - y(high) + 6), fill: colour("--c4"), "fill-opacity": .35, stroke: colour("--c4") }));
      const said = plain(axis.name).split(".").pop();
      parts.push(make("text", { x, y: top - 12, transform: `rotate(-32 ${x} ${top - 12})` }, said));
      const shown = narrow && !last && a ? [] : axis.ticks;
      for (const [place, tick] of shown) if (!(axes.length > 9 && !last && tick.length > 7)) parts.push(make("text", { x: x + (last ? 5 : -4), y: y(place) + 4, class: "tick", "text-anchor": last ? "start" : "end" }, tick));
    });
    plot.replaceChildren(...parts);
    const some = names.slice(0, 12).join(", ") + (names.length > 12 ? " …" : "");
    left.textContent = names.length === n ? `All ${n} trials.` : `${names.length} of ${n} trials: ${some || "none"}`;
  }
  const choosers = axes.map((axis, a) => {
    const choose = (which, share) => {
      const box = make("select", { "aria-label": `${plain(axis.name)}, ${which}` });
      axis.ticks.forEach(([place, text]) => box.append(make("option", { value: place }, text)));
      box.value = String(axis.ticks[share ? axis.ticks.length - 1 : 0][0]);
      box.addEventListener("change", () => {
        const ends = choosers[a].map(other => Number(other.value));
        const whole = Number(choosers[a][0].selectedIndex) === 0 && choosers[a][1].selectedIndex === axis.ticks.length - 1;
        limits[a] = whole ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
        paint();
      });
      return box;
    };
    const pair = [choose("from", 0), choose("to", 1)];
    boxes.append(make("fieldset", {}, make("legend", {}, plain(axis.name)), pair[0], " – ", pair[1]));
    return pair;
  });
  const reset = make("button", { type: "button" }, "All trials");
  reset.addEventListener("click", () => {
    limits.forEach((_, a) => { limits[a] = [0, 1]; choosers[a][0].selectedIndex = 0; choosers[a][1].selectedIndex = axes[a].ticks.length - 1; });
    paint();
  });
  let held = null;
  const where = event => {
    const frame = plot.getBoundingClientRect(), scale = frame.width / plot.viewBox.baseVal.width;
    const x = (event.clientX - frame.left) / scale, y = (event.clientY - frame.top) / scale;
    const top = Number(plot.dataset.top), foot = Number(plot.dataset.foot);
    const near = columns.reduce((best, c, a) => Math.abs(c - x) < Math.abs(columns[best] - x) ? a : best, 0);
    return [near, Math.min(1, Math.max(0, 1 - (y - top) / (height - top - foot))), Math.abs(columns[near] - x)];
  };
  plot.addEventListener("pointerdown", event => {
    const [axis, share, off] = where(event);
    if (off > 18) return;
    held = [axis, share]; limits[axis] = [0, 1]; plot.setPointerCapture(event.pointerId); event.preventDefault();
  });
  plot.addEventListener("pointermove", event => {
    if (!held) return;
    const [, share] = where(event), [axis, began] = held;
    if (Math.abs(share - began) > .02) { limits[axis] = [Math.min(share, began), Math.max(share, began)]; paint(); }
  });
  plot.addEventListener("pointerup", () => { if (held) { held = null; paint(); } });
  stage.append(plot, boxes, reset, left);
  redraws.push(paint);
  paint();
}

const lively = { threshold, parallel };
for (const figure of document.querySelectorAll("[data-live]")) lively[figure.dataset.live](figure.querySelector(".stage"), pictures[figure.dataset.live]);
for (const target of document.querySelectorAll("a[href^='#trial-']")) target.addEventListener("click", () => {
  const row = document.getElementById(target.hash.slice(1));
  if (row) setTimeout(() => row.focus({ preventScroll: still }), 0);
});
drawAll();
