// Flows of custody: a Sankey diagram of the transfers that are shown, and the same as a table.
const MOST_BANDS = 45;
const MOST_ROWS = 500;
const KINDS = { state: "state", "armed-group": "group", "security-force": "force", "government-body": "force", unknown: "nobody" };
const isUnknown = (actor) => actor < 0 || actors.id[actor] === "unknown";
const kindOf = (actor) => (actor < 0 ? "nobody" : KINDS[actors.kind[actor]] || "other");

function prepareFlows() {
  const measure = byId("w-measure");
  measure.append(el("option", { value: "" }, "number of transfers"));
  data.codes.unit.filter(([code]) => (transfers.unit || []).includes(code)).forEach(([code, text]) =>
    measure.append(el("option", { value: code }, `at least so many ${text.toLowerCase()}s`)));
  byId("flow-form").addEventListener("input", drawFlows);
  byId("flow-form").addEventListener("submit", (event) => event.preventDefault());
}

// One band for each pair of holders, with the transfers in it.
function bandsOf(indices) {
  const states = byId("w-states").checked;
  const bands = new Map();
  for (const i of indices) {
    const path = transfers.path[i].map((one) => (states ? principal(one) : one));
    for (let leg = 1; leg < path.length; leg += 1) {
      const [from, to] = [path[leg - 1], path[leg]];
      if (from === to) continue;
      const key = `${from} ${to}`;
      if (!bands.has(key)) bands.set(key, { from, to, transfers: [] });
      const list = bands.get(key).transfers;
      if (list[list.length - 1] !== i) list.push(i);
    }
  }
  const unit = byId("w-measure").value;
  return [...bands.values()].map((band) => measured(band, unit)).sort(
    (a, b) => b.width - a.width || b.transfers.length - a.transfers.length || a.from - b.from || a.to - b.to);
}

function measured(band, unit) {
  const sums = sumUp(band.transfers);
  const one = unit ? sums.units.get(unit) : null;
  const width = unit ? (one ? one.least / 1000 : 0) : sums.transfers;
  return { ...band, sums, width, faint: width === 0 };
}

// The bands without a cycle: one that would lead back goes to a second place of the holder, at the right.
function unwound(bands) {
  const onward = new Map();
  const leads = (start, goal) => {
    const seen = new Set([start]);
    for (const one of seen) {
      if (one === goal) return true;
      (onward.get(one) || []).forEach((next) => seen.add(next));
    }
    return false;
  };
  return bands.map((band) => {
    if (isUnknown(band.from) || isUnknown(band.to)) {
      // Nobody known is nobody twice: what came to one such holder is not what another gave.
      return { ...band, source: `${band.from}${isUnknown(band.from) ? " from" : ""}`, target: `${band.to}` };
    }
    if (leads(band.to, band.from)) return { ...band, target: `${band.to} again`, source: `${band.from}` };
    onward.set(band.from, [...(onward.get(band.from) || []), band.to]);
    return { ...band, source: `${band.from}`, target: `${band.to}` };
  });
}

function drawFlows() {
  const everything = bandsOf(state.web);
  const bands = unwound(everything.slice(0, MOST_BANDS));
  const left = Math.min(everything.length, MOST_ROWS) - bands.length;
  const out = everything.length > MOST_ROWS ? `; ${number(everything.length - MOST_ROWS)} narrower ones are left out: choose an actor to see its own` : "";
  byId("flow-note").textContent = !bands.length
    ? "No flows: nothing is chosen, or nothing changed hands between two actors."
    : `${count(bands.length, "flow")} drawn${left > 0 ? `, the widest; ${number(left)} more stand in the table` : ""}${out}.`;
  const place = byId("flow-plot");
  place.replaceChildren();
  if (bands.length) place.append(sankey(bands, Math.max(place.clientWidth || 900, 640)));
  fillTable(byId("flow-table"), "Flows of custody", ["From", "To", "Transfers", "How many"], everything.slice(0, MOST_ROWS).map((band) => [
    nameOf(band.from), nameOf(band.to),
    plainButton(count(band.transfers.length, "transfer"), () => chooseBand(band), { "aria-label": bandText(band) }),
    totalsText(band.sums).join("; "),
  ]));
}

const bandText = (band) =>
  `${nameOf(band.from)} to ${nameOf(band.to)}: ${coveredText(band.sums)}; ${totalsText(band.sums).join("; ") || "no custody passed"}`;

function sankey(bands, width) {
  const widest = d3.max(bands, (band) => band.width) || 1;
  const names = [...new Set(bands.flatMap((band) => [band.source, band.target]))];
  const graph = {
    nodes: names.map((name) => ({ name, actor: parseInt(name, 10), again: name.endsWith("again") })),
    links: bands.map((band) => ({ ...band, value: Math.max(band.width, widest / 60) })),
  };
  const rows = d3.rollup(graph.links, (links) => links.length, (link) => link.target);
  const height = Math.max(180, Math.min(1400, 24 * Math.max(d3.max([...rows.values()]) || 1, names.length * 0.8)));
  d3.sankey().nodeId((node) => node.name).nodeWidth(12).nodePadding(12).extent([[2, 6], [width - 2, height - 6]])(graph);
  const svg = d3.create("svg").attr("width", width).attr("height", height).attr("viewBox", `0 0 ${width} ${height}`)
    .attr("role", "group").attr("aria-label", "Flows of custody; the same stands in the table below");
  const pressed = (call) => (event, one) => {
    if (event.type === "click" || event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      call(one);
    }
  };
  const flows = svg.append("g").selectAll("g").data(graph.links).join("g").attr("class", "flow").attr("tabindex", 0)
    .attr("role", "button").attr("aria-label", bandText).on("click keydown", pressed(chooseBand));
  flows.append("title").text(bandText);
  flows.append("path").attr("class", (link) => (link.faint ? "band faint" : "band"))
    .attr("d", d3.sankeyLinkHorizontal()).attr("stroke-width", (link) => Math.max(1.5, link.width));
  const nodes = svg.append("g").selectAll("g").data(graph.nodes).join("g").attr("class", "node")
    .attr("role", "button").attr("tabindex", 0).attr("aria-label", (node) => `Choose ${nameOf(node.actor)}`)
    .on("click keydown", pressed((node) => node.actor >= 0 && chooseActor(node.actor)));
  nodes.append("rect").attr("class", (node) => kindOf(node.actor)).attr("x", (node) => node.x0).attr("y", (node) => node.y0)
    .attr("width", (node) => node.x1 - node.x0).attr("height", (node) => Math.max(2, node.y1 - node.y0));
  nodes.append("text").attr("y", (node) => (node.y0 + node.y1) / 2).attr("dy", "0.35em")
    .attr("x", (node) => (node.x0 < width / 2 ? node.x1 + 5 : node.x0 - 5))
    .attr("text-anchor", (node) => (node.x0 < width / 2 ? "start" : "end"))
    .text((node) => shortName(node));
  return svg.node();
}

function shortName(node) {
  const name = nameOf(node.actor);
  return `${name.length > 34 ? `${name.slice(0, 33)}…` : name}${node.again ? " ↺" : ""}`;
}

function chooseBand(band) {
  state.band = band;
  showTable(true);
  byId("transfers").scrollIntoView();
  byId("search").focus({ preventScroll: true });
}
