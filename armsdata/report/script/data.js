// The data, as the page brought them, and the links between them. Everything is put on the page as text, never as HTML.
const data = JSON.parse(document.getElementById("data").textContent);
const { actors, sources, transfers, claims, traces, parties } = unpacked(data.packed);
const placesIn = (table) => Array.from({ length: table.size }, (_, i) => i);
const all = placesIn(transfers);
transfers.path = all.map((i) => [transfers.supplier[i], ...transfers.via[i], transfers.recipient[i]]);
const labels = Object.fromEntries(Object.entries(data.codes).map(([list, codes]) => [list, new Map(codes)]));
const labelOf = (list, code) => labels[list].get(code) || code;

const plain = (text) =>
  text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

const nameOf = (actor) => (actor < 0 ? "not known" : actors.name[actor]);

// Actors with all that is part of them; and the state or body that an actor belongs to in the end.
const inside = placesIn(actors).map(() => []);
inside.forEach((_, i) => actors.partOf[i] >= 0 && inside[actors.partOf[i]].push(i));

function withMembers(actor) {
  const found = new Set([actor]);
  for (const one of found) inside[one].forEach((member) => found.add(member));
  return found;
}

function principal(actor) {
  const seen = new Set();
  while (actor >= 0 && actors.partOf[actor] >= 0 && !seen.has(actor)) {
    seen.add(actor);
    actor = actors.partOf[actor];
  }
  return actor;
}

const downstream = all.map(() => []);
all.forEach((i) => transfers.upstream[i].forEach((one) => downstream[one].push(i)));

// The claims stand in the order of their transfers, the parties in that of their traces.
function shared(numbers) {
  let first = 0;
  return (numbers || []).map((size) => Array.from({ length: size }, () => (first += 1) - 1));
}
const claimsOf = shared(transfers.claims);
const partiesOf = shared(traces.parties);

const hasCustody = (i) => transfers.realised[i] !== "no";

const NARROWER = new Map();
function narrower(category) {
  if (!NARROWER.has(category)) {
    const found = new Set([category]);
    let before = 0;
    while (before < found.size) {
      before = found.size;
      Object.entries(data.broader).forEach(([code, above]) => found.has(above) && found.add(code));
    }
    NARROWER.set(category, found);
  }
  return NARROWER.get(category);
}

// The nearest of the given transfers that a transfer is a part of; -1 where there is none.
function aggregateIn(i, chosen) {
  const seen = new Set([i]);
  for (let above = transfers.partOf[i]; above >= 0 && !seen.has(above); above = transfers.partOf[above]) {
    if (chosen.has(above)) return above;
    seen.add(above);
  }
  return -1;
}

// How many, in thousandths: the rule of armsdata/tracing/totals.py, which the tests of the page hold this one against.
function sumUp(indices) {
  const counted = indices.filter(hasCustody);
  const chosen = new Set(counted);
  const above = new Map(counted.map((i) => [i, aggregateIn(i, chosen)]));
  const depth = (i) => {
    let deep = 0;
    for (let one = above.get(i); one >= 0 && deep <= counted.length; one = above.get(one)) deep += 1;
    return deep;
  };
  const parts = new Map([[-1, new Map()]]);
  const depths = new Map(counted.map((i) => [i, depth(i)]));
  for (const i of [...counted].sort((a, b) => depths.get(b) - depths.get(a))) {
    const within = above.get(i);
    if (!parts.has(within)) parts.set(within, new Map());
    addTo(parts.get(within), held(i, parts.get(i) || new Map()));
  }
  const top = counted.filter((i) => above.get(i) < 0);
  return {
    units: parts.get(-1),
    transfers: top.length,
    parts: counted.length - top.length,
    silent: top.filter((i) => !transfers.known[i]).length,
    disputed: counted.filter((i) => transfers.confidence[i] === "disputed").length,
    unclear: counted.filter((i) => transfers.realised[i] === "unknown").length,
    apart: indices.length - counted.length,
  };
}

function held(i, parts) {
  const found = new Map();
  parts.forEach((one, unit) => found.set(unit, { least: one.least, most: null, about: one.about }));
  if (transfers.known[i]) {
    const own = found.get(transfers.unit[i]) || { least: 0, most: 0, about: false };
    own.least = Math.max(own.least, transfers.least[i]);
    own.most = transfers.most[i] === null ? null : Math.max(transfers.most[i], own.least);
    own.about = own.about || Boolean(transfers.about[i]);
    found.set(transfers.unit[i], own);
  }
  return found;
}

function addTo(sums, units) {
  units.forEach((one, unit) => {
    const sum = sums.get(unit) || { least: 0, most: 0, about: false };
    sum.least += one.least;
    sum.most = sum.most === null || one.most === null ? null : sum.most + one.most;
    sum.about = sum.about || one.about;
    sums.set(unit, sum);
  });
}
