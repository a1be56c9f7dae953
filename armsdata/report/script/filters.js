// Which transfers are chosen. `state.chosen` are those that the filters mean, `state.web` also the chains about them.
const state = { chosen: [], web: [], band: null };
const actorNames = new Map();
placesIn(actors).forEach((i) => [...actors.aliases[i], actors.name[i]].forEach((one) => plain(one) && actorNames.set(plain(one), i)));
placesIn(actors).forEach((i) => actorNames.set(plain(actors.id[i]), i));

function options(select, list, codes, everything) {
  select.append(el("option", { value: "" }, everything));
  data.codes[list].filter(([code]) => codes.has(code)).forEach(([code, text]) =>
    select.append(el("option", { value: code }, data.broader[code] ? `– ${text}` : text)));
}

function prepareFilters() {
  const used = new Set(transfers.category || []);
  [...used].forEach((code) => {
    for (let one = data.broader[code]; one; one = data.broader[one]) used.add(one);
  });
  options(byId("f-category"), "weapon-category", used, "all");
  options(byId("f-kind"), "transfer-kind", new Set(transfers.kind || []), "all");
  options(byId("f-confidence"), "confidence", new Set(transfers.confidence || []), "all");
  const busy = new Set(all.flatMap((i) => [...transfers.path[i], ...transfers.origin[i]]));
  [...busy].filter((i) => i >= 0).sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en")).forEach((i) =>
    byId("actor-names").append(el("option", { value: nameOf(i) })));
  byId("filters").addEventListener("input", () => apply());
  byId("filters").addEventListener("reset", () => setTimeout(apply));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

function wanted() {
  const problems = [];
  const name = byId("f-actor").value.trim();
  const actor = name ? actorNames.get(plain(name)) : undefined;
  if (name && actor === undefined) problems.push(`No actor is called “${name}”.`);
  const years = ["f-since", "f-until"].map((id) => byId(id).value.trim());
  years.forEach((text) => text && !/^-?\d{1,4}$/.test(text) && problems.push(`“${text}” is no year.`));
  byId("f-problem").textContent = problems.join(" ");
  const [since, until] = years.map((text) => (/^-?\d{1,4}$/.test(text) ? Number(text) : null));
  return {
    actor: actor === undefined ? -1 : actor,
    none: Boolean(name) && actor === undefined,
    category: byId("f-category").value,
    kind: byId("f-kind").value,
    confidence: byId("f-confidence").value,
    custody: byId("f-custody").value,
    chains: byId("f-chains").checked,
    since: since === null ? null : firstDay(since),
    until: until === null ? null : firstDay(until + 1) - 1,
  };
}

const firstDay = (year) => new Date(0).setUTCFullYear(year, 0, 1) / DAY;

function choose(want) {
  if (want.none) return [];
  const members = want.actor >= 0 ? withMembers(want.actor) : null;
  const categories = want.category ? narrower(want.category) : null;
  const dated = want.since !== null || want.until !== null;
  return all.filter((i) => {
    const [first, last] = [transfers.first[i], transfers.last[i]];
    return (
      (!members || transfers.path[i].some((one) => members.has(one)) || transfers.origin[i].some((one) => members.has(one))) &&
      (!categories || categories.has(transfers.category[i])) &&
      (!want.kind || transfers.kind[i] === want.kind) &&
      (!want.confidence || transfers.confidence[i] === want.confidence) &&
      (want.custody === "all" || hasCustody(i) === (want.custody === "yes")) &&
      (!dated || first !== null || last !== null) &&
      (want.since === null || last === null || last >= want.since) &&
      (want.until === null || first === null || first <= want.until)
    );
  });
}

// The chosen transfers with all that leads to them and on from them, each once, so that cycles end.
function withChains(chosen) {
  const found = new Set(chosen);
  [(i) => transfers.upstream[i], (i) => downstream[i]].forEach((next) => {
    const seen = new Set(chosen);
    for (const one of seen) next(one).forEach((other) => seen.add(other));
    seen.forEach((one) => found.add(one));
  });
  return [...found].sort((a, b) => a - b);
}

function apply() {
  const want = wanted();
  const limited = want.actor >= 0 || want.category || want.kind || want.confidence || want.since !== null || want.until !== null;
  state.chosen = choose(want);
  state.web = want.chains && limited ? withChains(state.chosen) : state.chosen;
  state.band = null;
  const sums = sumUp(state.chosen);
  byId("selection").replaceChildren(
    el("p", {}, el("b", {}, `${number(state.chosen.length)} of ${count(transfers.size, "transfer")} chosen`), `: ${coveredText(sums)}`),
    el("p", { id: "sums" }, totalsText(sums).join("; ")),
    state.web.length > state.chosen.length
      ? el("p", {}, `With their chains: ${count(state.web.length, "transfer")}. The sums are of the chosen ones alone.`)
      : "",
  );
  showActor(want.actor);
  drawFlows();
  drawYears();
  drawRanges(true);
  showTable(true);
}

function chooseActor(actor) {
  byId("f-actor").value = nameOf(actor);
  apply();
  byId("choose").scrollIntoView();
  byId("f-actor").focus({ preventScroll: true });
}
