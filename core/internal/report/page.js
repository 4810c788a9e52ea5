"use strict";
{
const data = JSON.parse(document.getElementById("data").textContent);
const byId = id => document.getElementById(id);
const make = (name, attributes = {}, ...children) => {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
};
// soft returns text that may be broken after a slash, as paths are long.
const soft = text => text.split(/(?<=\/)/).flatMap((part, i) => i ? [make("wbr"), part] : [part]);
for (const e of document.querySelectorAll(".causes span, .causes li li, .cause")) {
  for (const node of [...e.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.replaceWith(...soft(node.data));
}
const plural = (n, thing) => n + " " + thing + (n === 1 ? "" : "s");
const size = n => {
  for (const unit of ["B", "kB", "MB"]) {
    if (n < 999.95) return (unit === "B" ? n : n.toFixed(1)) + " " + unit;
    n /= 1000;
  }
  return n.toFixed(1) + " GB";
};
const time = ms => ms < 10 ? ms.toFixed(1) + "ms" : ms < 1000 ? ms.toFixed(0) + "ms" : (ms / 1000).toFixed(ms < 1e5 ? 2 : 0) + "s";
const date = text => text ? text.slice(0, 16).replace("T", " ") : "";
const fixtures = (data.fixtures ?? []).filter(f => f.records > 0);

// short is a package without the directories that all packages lie in.
const shared = fixtures.map(f => f.pkg.split("/")).reduce((a, b) => {
  const n = a.findIndex((part, i) => part !== b[i]);
  return n < 0 ? a : a.slice(0, n);
}, fixtures[0]?.pkg.split("/") ?? []).join("/");
const short = pkg => pkg === shared ? "." : pkg.startsWith(shared + "/") ? "." + pkg.slice(shared.length) : pkg;

for (const e of document.querySelectorAll(".pkg")) {
  e.title = e.textContent;
  e.textContent = short(e.textContent);
}

// The chart: hits and misses of each day between the first and the last.
const days = list => {
  const known = new Map(list.map(d => [d.day, d]));
  const all = [];
  for (let t = Date.parse(list[0].day); t <= Date.parse(list.at(-1).day); t += 864e5) {
    const day = new Date(t).toISOString().slice(0, 10);
    all.push(known.get(day) ?? {day, hits: 0, misses: 0});
  }
  return all.slice(-90);
};
let chart;
const drawChart = () => {
  chart?.destroy();
  const style = getComputedStyle(document.documentElement);
  const color = name => style.getPropertyValue("--" + name).trim();
  const shown = days(data.days);
  const series = (name, label) => ({label, data: shown.map(d => d[name === "hit" ? "hits" : "misses"]), backgroundColor: color(name), maxBarThickness: 28});
  const axis = text => ({stacked: true, title: {display: true, text, color: color("fg")}, ticks: {color: color("fg"), precision: 0, maxRotation: 0, autoSkipPadding: 12}, grid: {color: color("line")}});
  chart = new Chart(byId("chart"), {
    type: "bar",
    data: {labels: shown.map(d => d.day), datasets: [series("hit", "Hits"), series("miss", "Misses")]},
    options: {
      animation: false, maintainAspectRatio: false, responsive: true,
      scales: {x: axis("Day (UTC)"), y: {...axis("Look-ups"), beginAtZero: true}},
      plugins: {legend: {labels: {color: color("fg")}}},
    },
  });
};
if (byId("chart")) {
  drawChart();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawChart);
}

// The table: searched, sorted and turned over by its reader.
const columns = [
  {name: "Key", text: f => f.key},
  {name: "Package", text: f => short(f.pkg)},
  {name: "Size", number: f => f.bytes, text: f => size(f.bytes)},
  {name: "Build", number: f => f.build_ms, text: f => time(f.build_ms)},
  {name: "Hits", number: f => f.hits, text: f => String(f.hits)},
  {name: "Misses", number: f => f.misses, text: f => String(f.misses)},
  {name: "Saved", number: f => f.saved_ms, text: f => time(f.saved_ms)},
  {name: "Used", number: f => Date.parse(f.used) || 0, text: f => date(f.used)},
  {name: "State", number: f => ["outdated", "valid?", "valid"].indexOf(f.state), text: f => [f.state === "-" ? "" : f.state ?? "", ...(f.reasons ?? [])].join("\n")},
];
const table = () => {
  const narrow = matchMedia("(max-width: 40rem)");
  let words = [], column = columns.length - 1, down = false, at = 0; // what is outdated comes first
  const rows = () => narrow.matches ? 8 : 25;
  const texts = new Map(fixtures.map(f => [f, columns.map(c => c.text(f)).join(" ").toLowerCase()]));
  const compare = (a, b) => {
    const {number, text} = columns[column];
    return (number ? number(a) - number(b) : text(a).localeCompare(text(b))) * (down ? -1 : 1) || a.key.localeCompare(b.key);
  };
  const show = () => {
    const found = fixtures.filter(f => words.every(word => texts.get(f).includes(word))).sort(compare);
    at = Math.max(0, Math.min(at, Math.ceil(found.length / rows()) - 1));
    const row = f => make("tr", {}, ...columns.map(c => {
      const cell = make("td", {"data-name": c.name, class: c.name === "State" ? f.state === "outdated" ? "changed" : "" : c.number ? "n" : ""});
      const [first, ...rest] = c.text(f).split("\n");
      cell.append(...soft(first));
      if (rest.length) cell.append(make("br"), ...soft(rest[0]), rest.length > 1 ? ` (+${rest.length - 1} more)` : "");
      if (rest.length > 1) cell.title = rest.join("\n");
      return cell;
    }));
    document.querySelector("#all tbody").replaceChildren(...found.slice(at * rows(), (at + 1) * rows()).map(row));
    byId("found").textContent = plural(found.length, "fixture");
    byId("page").textContent = `${at + 1} of ${Math.max(1, Math.ceil(found.length / rows()))}`;
    byId("previous").disabled = at === 0;
    byId("next").disabled = (at + 1) * rows() >= found.length;
  };
  const heads = columns.map((c, i) => {
    const button = make("button", {type: "button"}, c.name);
    const head = make("th", {...(c.number && c.name !== "State" ? {class: "n"} : {}), ...(i === column ? {"aria-sort": "ascending"} : {})}, button);
    button.addEventListener("click", () => {
      down = column === i && !down;
      column = i;
      at = 0;
      heads.forEach(h => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      show();
    });
    return head;
  });
  document.querySelector("#all thead tr").append(...heads);
  byId("search").addEventListener("input", event => {
    words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    at = 0;
    show();
  });
  byId("previous").addEventListener("click", () => { at--; show(); });
  byId("next").addEventListener("click", () => { at++; show(); });
  narrow.addEventListener("change", show);
  show();
};
if (byId("all")) table();

// The graph: layered, with a box around the fixtures of each package, or a node
// for the package where it is folded.
const graph = () => {
  const svgName = "http://www.w3.org/2000/svg";
  const draw = (name, attributes = {}, ...children) => {
    const e = document.createElementNS(svgName, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...children);
    return e;
  };
  const svg = byId("drawing");
  const most = 150; // nodes that somebody can read at once
  const folded = new Set();
  let nodes, edges, chosen, layout, view;

  // All nodes, by id, and what they use.
  const all = new Map(), uses = [];
  for (const f of fixtures) all.set(f.slot, {id: f.slot, name: f.key, pkg: f.pkg, state: f.state, reasons: f.reasons ?? [], kind: "fixture"});
  for (const f of fixtures) {
    for (const slot of f.children ?? []) {
      if (!all.has(slot)) all.set(slot, {id: slot, name: data.used[slot], pkg: "", state: "outdated", reasons: ["no longer stored"], kind: "fixture"});
      uses.push([f.slot, slot]);
    }
    for (const file of f.files ?? []) {
      const id = "file:" + file;
      if (!all.has(id)) all.set(id, {id, name: file, pkg: "", reasons: [], kind: "file"});
      uses.push([f.slot, id]);
    }
  }
  const matches = (node, words) => words.every(word => (node.name + " " + node.pkg).toLowerCase().includes(word));

  // wanted returns the nodes to be drawn: those that match and their neighbours;
  // without a filter the fixtures that use others or are used.
  const wanted = () => {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const files = byId("files").checked || words.length > 0;
    const ids = new Set();
    for (const [from, to] of uses) {
      const file = all.get(to).kind === "file";
      if (file && !files) continue;
      if (!words.length || matches(all.get(from), words) || matches(all.get(to), words)) ids.add(from).add(to);
    }
    if (words.length) for (const node of all.values()) if (matches(node, words)) ids.add(node.id);
    if (!ids.size) for (const f of fixtures.slice(0, most)) ids.add(f.slot);
    return ids;
  };
  const place = id => {
    const node = all.get(id);
    return folded.has(node.pkg) ? "package:" + node.pkg : id;
  };
  const select = () => {
    const ids = wanted();
    const drawn = new Map();
    for (const id of ids) {
      const node = all.get(id);
      if (!folded.has(node.pkg)) { drawn.set(id, node); continue; }
      const p = place(id);
      const state = drawn.get(p)?.state === "outdated" ? "outdated" : node.state;
      drawn.set(p, {id: p, name: short(node.pkg), pkg: "", folds: node.pkg, state, reasons: [], kind: "package"});
    }
    const seen = new Set();
    edges = [];
    for (const [from, to] of uses) {
      if (!ids.has(from) || !ids.has(to)) continue;
      const edge = [place(from), place(to)], key = edge.join("\0");
      if (edge[0] !== edge[1] && !seen.has(key)) { seen.add(key); edges.push(edge); }
    }
    nodes = [...drawn.values()].slice(0, most);
    const kept = new Set(nodes.map(n => n.id));
    edges = edges.filter(([from, to]) => kept.has(from) && kept.has(to));
    byId("drawn").textContent = plural(nodes.length, "node") + " of " + drawn.size + (drawn.size > most ? ": filter, or fold packages, to see the others" : "");
  };
  const label = node => {
    const text = (node.state === "outdated" ? "! " : "") + node.name;
    return text.length > 34 ? text.slice(0, 16) + "…" + text.slice(-17) : text;
  };
  const arrange = () => {
    const g = new dagre.graphlib.Graph({compound: true});
    g.setGraph({rankdir: svg.clientWidth < 600 ? "TB" : "LR", nodesep: 10, ranksep: 44, marginx: 12, marginy: 24});
    g.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes) g.setNode(node.id, {width: 7.5 * label(node).length + 20, height: 26});
    for (const pkg of new Set(nodes.map(n => n.pkg).filter(Boolean))) {
      g.setNode("in:" + pkg, {});
      for (const node of nodes) if (node.pkg === pkg) g.setParent(node.id, "in:" + pkg);
    }
    for (const [from, to] of edges) g.setEdge(from, to);
    dagre.layout(g);
    return g;
  };
  const neighbours = id => ({
    uses: edges.filter(([from]) => from === id).map(([, to]) => to),
    users: edges.filter(([, to]) => to === id).map(([from]) => from),
  });
  const nameOf = id => nodes.find(n => n.id === id).name;

  const drawNode = node => {
    const {x, y, width, height} = layout.node(node.id);
    const g = draw("g", {role: "button", tabindex: -1, "data-id": node.id, transform: `translate(${x - width / 2} ${y - height / 2})`,
      "aria-label": [node.name, node.pkg, node.state === "outdated" ? "outdated" : "", ...node.reasons].filter(Boolean).join(", "),
      class: [node.kind, {outdated: "changed", "valid?": "unknown"}[node.state] ?? ""].join(" ")});
    g.append(draw("title", {}, [node.name, node.pkg, ...node.reasons].filter(Boolean).join("\n")),
      draw("rect", {width, height, rx: node.kind === "file" ? 0 : 6}), draw("text", {x: width / 2, y: 18, "text-anchor": "middle"}, label(node)));
    g.addEventListener("click", () => node.folds !== undefined ? unfold(node.folds) : choose(node.id));
    return g;
  };
  const drawCluster = id => {
    const {x, y, width, height} = layout.node(id);
    const pkg = id.slice(3), name = short(pkg);
    const room = Math.max(6, Math.floor(width / 7.5));
    const g = draw("g", {class: "cluster"}, draw("title", {}, pkg),
      draw("rect", {x: x - width / 2, y: y - height / 2, width, height, rx: 8}),
      draw("text", {x: x - width / 2 + 6, y: y - height / 2 - 3}, name.length > room ? "…" + name.slice(1 - room) : name));
    g.addEventListener("dblclick", () => { folded.add(pkg); redraw(); });
    return g;
  };
  const drawEdge = ([from, to]) => {
    const points = layout.edge(from, to).points;
    return draw("path", {class: "edge", "data-from": from, "data-to": to, d: "M" + points.map(p => p.x + " " + p.y).join("L")});
  };
  const fit = () => {
    const {width = 0, height = 0} = layout.graph();
    const wide = Math.max(width, svg.clientWidth), tall = Math.max(height, svg.clientHeight); // nothing is drawn larger than it is
    view = {x: (width - wide) / 2, y: (height - tall) / 2, width: wide, height: tall};
    look();
  };
  // begin shows the beginning of a graph that is too large to be read as a whole.
  const begin = () => {
    fit();
    const most = {width: svg.clientWidth / .8, height: svg.clientHeight / .8};
    const {width, height} = layout.graph();
    if (width <= most.width && height <= most.height) return;
    const y = height <= most.height ? (height - most.height) / 2 : Math.max(0, Math.min(layout.node(nodes[0].id).y - most.height / 2, height - most.height));
    view = {x: width <= most.width ? (width - most.width) / 2 : 0, y, ...most};
    look();
  };
  const look = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const zoom = by => {
    view = {x: view.x + view.width * (1 - by) / 2, y: view.y + view.height * (1 - by) / 2, width: view.width * by, height: view.height * by};
    look();
  };
  const redraw = () => {
    select();
    layout = arrange();
    const arrow = draw("defs", {}, draw("marker", {id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto"}, draw("path", {d: "M0 0L8 4L0 8z"})));
    svg.replaceChildren(arrow, ...layout.nodes().filter(id => id.startsWith("in:")).map(drawCluster), ...edges.map(drawEdge), ...nodes.map(drawNode));
    svg.querySelector("g[role=button]")?.setAttribute("tabindex", 0);
    byId("fold").textContent = folded.size ? "Unfold packages" : "Fold packages";
    const link = node => {
      const button = make("button", {type: "button"}, node.name);
      button.addEventListener("click", () => node.folds !== undefined ? unfold(node.folds) : choose(node.id, true));
      return button;
    };
    document.querySelector("#relations tbody").replaceChildren(...nodes.map(node => {
      const {uses, users} = neighbours(node.id);
      return make("tr", {}, make("td", {}, link(node)), make("td", {class: "n"}, String(uses.length)), make("td", {class: "n"}, String(users.length)));
    }));
    choose(nodes.some(n => n.id === chosen) ? chosen : undefined);
    svg.style.height = "";
    svg.style.height = Math.max(160, Math.min(svg.clientHeight, layout.graph().height)) + "px"; // the stylesheet's height is the most
    begin();
  };
  const unfold = pkg => { folded.delete(pkg); redraw(); };

  // choose marks a node and its neighbours, and names them below.
  const choose = (id, move = false) => {
    chosen = id;
    svg.classList.toggle("chosen", id !== undefined);
    const {uses, users} = id === undefined ? {uses: [], users: []} : neighbours(id);
    const near = new Set([id, ...uses, ...users]);
    for (const g of svg.querySelectorAll("g[role=button]")) {
      g.classList.toggle("near", near.has(g.dataset.id));
      g.classList.toggle("self", g.dataset.id === id);
      g.setAttribute("aria-pressed", g.dataset.id === id);
    }
    for (const e of svg.querySelectorAll("path.edge")) e.classList.toggle("near", e.dataset.from === id || e.dataset.to === id);
    const names = (title, ids) => ids.length ? [make("br"), title + ": ", ...ids.flatMap((other, i) => {
      const button = make("button", {type: "button"}, nameOf(other));
      button.addEventListener("click", () => choose(other, true));
      return i ? [", ", button] : [button];
    })] : [];
    const node = nodes.find(n => n.id === id);
    byId("chosen").replaceChildren(...(node ? [make("b", {}, node.name), " ", make("span", {class: "dim"}, short(node.pkg)), ...node.reasons.flatMap(r => [make("br"), r]),
      ...names("uses", uses), ...names("used by", users)] : []));
    if (node && move) centre(id);
  };
  const centre = id => {
    const {x, y} = layout.node(id);
    view = {...view, x: x - view.width / 2, y: y - view.height / 2};
    look();
  };
  const go = id => {
    const at = [...svg.querySelectorAll("g[role=button]")];
    at.forEach(g => g.setAttribute("tabindex", g.dataset.id === id ? 0 : -1));
    at.find(g => g.dataset.id === id)?.focus({preventScroll: true});
  };
  svg.parentElement.addEventListener("focusin", event => { // on the drawing it would make that itself focusable
    const id = event.target.closest("g[role=button]")?.dataset.id;
    if (!id) return;
    const {x, y, width, height} = layout.node(id);
    if (x - width / 2 < view.x || y - height / 2 < view.y || x + width / 2 > view.x + view.width || y + height / 2 > view.y + view.height) centre(id);
  });
  svg.addEventListener("keydown", event => {
    const id = event.target.dataset?.id;
    const at = nodes.findIndex(n => n.id === id);
    if (at < 0) return;
    const {uses, users} = neighbours(id);
    const to = {ArrowRight: uses[0], ArrowLeft: users[0], ArrowDown: nodes[at + 1]?.id, ArrowUp: nodes[at - 1]?.id}[event.key];
    if (to !== undefined) go(to);
    else if (event.key === "Enter" || event.key === " ") event.target.dispatchEvent(new MouseEvent("click"));
    else if (event.key === "Escape") choose(undefined);
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? .8 : 1.25);
    else return;
    event.preventDefault();
  });
  svg.addEventListener("wheel", event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? .9 : 1.1);
  }, {passive: false});
  let drag;
  svg.addEventListener("pointerdown", event => { drag = {x: event.clientX, y: event.clientY, view}; });
  svg.addEventListener("pointermove", event => {
    if (!drag || !event.buttons) return;
    const scale = Math.max(view.width / svg.clientWidth, view.height / svg.clientHeight);
    view = {...drag.view, x: drag.view.x - (event.clientX - drag.x) * scale, y: drag.view.y - (event.clientY - drag.y) * scale};
    look();
  });
  byId("closer").addEventListener("click", () => zoom(.8));
  byId("farther").addEventListener("click", () => zoom(1.25));
  byId("whole").addEventListener("click", fit);
  byId("files").addEventListener("change", redraw);
  let waiting;
  byId("filter").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(redraw, 150); });
  byId("fold").addEventListener("click", () => {
    if (folded.size) folded.clear();
    else for (const node of all.values()) if (node.pkg) folded.add(node.pkg);
    redraw();
  });
  if (wanted().size > most) for (const node of all.values()) if (node.pkg) folded.add(node.pkg);
  redraw();
};
if (byId("drawing")) graph();
}
