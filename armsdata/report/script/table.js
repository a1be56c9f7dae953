// The table of transfers: searched, sorted, by pages; each with its claims, linked sources and chain.
const PAGE = 50;
const tableState = { page: 0, sort: "", down: false, rows: [] };
const RANK = new Map(data.codes.confidence.map(([code], place) => [code, place]));
const COLUMNS = [
  ["Who", (i) => pathText(i), (i) => whoCell(i)],
  ["What", (i) => transfers.what[i], (i) => [transfers.what[i], el("div", { class: "soft" }, labelOf("weapon-category", transfers.category[i]))]],
  ["How many", (i) => transfers.least[i], (i) => transfers.amount[i]],
  ["When", (i) => (startOf(i) === null ? Infinity : startOf(i)), (i) => transfers.when[i]],
  ["How", (i) => transfers.how[i], (i) => transfers.how[i]],
  ["Confidence", (i) => RANK.get(transfers.confidence[i]), (i) => labelOf("confidence", transfers.confidence[i])],
  ["Sources", (i) => claimsOf[i].length, (i) => sourcesCell(i)],
];

function prepareTable() {
  const head = byId("table").tHead.rows[0];
  COLUMNS.forEach(([name]) => head.append(el("th", { scope: "col", role: "columnheader" },
    el("button", { type: "button", on: { click: () => sortBy(name) } }, name))));
  byId("search").addEventListener("input", () => showTable(true));
  byId("search-form").addEventListener("submit", (event) => event.preventDefault());
  byId("flow-clear").addEventListener("click", () => { state.band = null; showTable(true); byId("search").focus(); });
  byId("page-back").addEventListener("click", () => { tableState.page -= 1; showTable(false); });
  byId("page-on").addEventListener("click", () => { tableState.page += 1; showTable(false); });
}

function sortBy(name) {
  tableState.down = tableState.sort === name && !tableState.down;
  tableState.sort = name;
  showTable(true);
}

const searchTexts = new Map();
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function searchText(i) {
  if (!searchTexts.has(i)) {
    const hands = [...transfers.path[i], ...transfers.origin[i], transfers.endUser[i]].filter((one) => one >= 0);
    const said = claimsOf[i].map((one) => {
      const { id, title, publisher } = sourceOf(one);
      return [claims.reported[one], claims.locator[one], claims.notes[one], id, title, publisher].join(" ");
    });
    searchTexts.set(i, fold([
      transfers.id[i], transfers.what[i], transfers.amount[i], transfers.when[i], transfers.how[i], transfers.place[i], transfers.notes[i],
      labelOf("weapon-category", transfers.category[i]), transfers.confidence[i], transfers.details[i],
      ...hands.map((one) => [actors.id[one], actors.name[one], ...actors.aliases[one]].join(" ")), ...said,
    ].join(" \n")));
  }
  return searchTexts.get(i);
}

const NO_SOURCE = { id: "", title: "not known", publisher: "", published: "", url: "" };
function sourceOf(claim) {
  const place = claims.source[claim];
  return place < 0 ? NO_SOURCE : Object.fromEntries(Object.keys(NO_SOURCE).map((name) => [name, sources[name][place]]));
}

function found() {
  const inBand = state.band ? new Set(state.band.transfers) : null;
  const asked = fold(byId("search").value).split(/\s+/).filter(Boolean);
  const rows = state.web.filter((i) => (!inBand || inBand.has(i)) && (!asked.length || asked.every((word) => searchText(i).includes(word))));
  const column = COLUMNS.find(([name]) => name === tableState.sort);
  if (!column) return rows;
  const sign = tableState.down ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en") : a === b ? 0 : a < b ? -1 : 1);
  return rows.sort((a, b) => sign * compare(column[1](a), column[1](b)) || a - b);
}

function showTable(anew) {
  tableState.rows = found();
  const pages = Math.max(1, Math.ceil(tableState.rows.length / PAGE));
  tableState.page = anew ? 0 : Math.max(0, Math.min(tableState.page, pages - 1));
  const shown = tableState.rows.slice(tableState.page * PAGE, (tableState.page + 1) * PAGE);
  byId("table").tBodies[0].replaceChildren(...shown.map(tableRow));
  [...byId("table").tHead.rows[0].cells].forEach((cell, place) => {
    if (COLUMNS[place][0] === tableState.sort) cell.setAttribute("aria-sort", tableState.down ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
  });
  byId("flow-clear").hidden = !state.band;
  const band = state.band ? ` in the flow from ${nameOf(state.band.from)} to ${nameOf(state.band.to)}` : "";
  byId("table-note").textContent = `${count(tableState.rows.length, "transfer")}${band}`;
  byId("page-place").textContent = `Page ${number(tableState.page + 1)} of ${number(pages)}`;
  byId("page-back").disabled = tableState.page === 0;
  byId("page-on").disabled = tableState.page + 1 >= pages;
}

// The roles say what is a table also where a narrow screen shows each row as a block.
const tableRow = (i) => el("tr", { id: `row-${i}`, role: "row" }, COLUMNS.map(([name, , cell], place) => (place
  ? el("td", { role: "cell", "data-head": name }, cell(i))
  : el("th", { role: "rowheader", scope: "row" }, cell(i)))));

function whoCell(i) {
  const marks = transfers.marks[i].map((one) => el("div", { class: "mark" }, one));
  const origin = transfers.origin[i].length ? el("div", { class: "soft" }, `made in ${transfers.origin[i].map(nameOf).join(", ")}`) : "";
  return [pathText(i), ...marks, origin];
}

function sourcesCell(i) {
  const linked = transfers.upstream[i].length + downstream[i].length;
  const text = `${count(claimsOf[i].length, "claim")}${linked ? ", chain" : ""}`;
  return plainButton(text, (event) => toggle(i, event.currentTarget),
    { "aria-expanded": "false", "aria-label": `Sources and chain of ${transfers.id[i]}: ${text}` });
}

// ------------------------------------------------------------------------------------------ details

function toggle(i, button) {
  const open = byId(`detail-${i}`);
  if (open) open.remove();
  else button.closest("tr").after(detail(i));
  button.setAttribute("aria-expanded", open ? "false" : "true");
}

function detail(i) {
  const box = el("td", { role: "cell", colspan: COLUMNS.length, tabindex: "-1" },
    el("p", {}, el("b", {}, transfers.id[i]), `. ${transfers.place[i] ? `${transfers.place[i]}. ` : ""}${transfers.notes[i]}`),
    transfers.details[i] ? el("p", {}, `${transfers.details[i]}.`) : "",
    el("h3", {}, "What the sources say"), claimList(i),
    ...chainPart("These arms came from", transfers.upstream[i]), ...chainPart("They went on in", downstream[i]),
    transfers.partOf[i] >= 0 ? chainPart("Already counted in", [transfers.partOf[i]]) : []);
  return el("tr", { role: "row", class: "detail", id: `detail-${i}` }, box);
}

function claimList(i) {
  if (!claimsOf[i].length) return el("p", {}, "No claim is recorded.");
  return el("ul", {}, claimsOf[i].map((one) => {
    const { title, publisher, published, url } = sourceOf(one);
    const about = [publisher, published, claims.locator[one]].filter(Boolean).join(", ");
    const said = [
      claims.reported[one] ? `“${claims.reported[one]}”` : claims.figure[one],
      claims.dated[one],
    ].filter(Boolean).map((text, place) => `${place ? ", " : ": "}${text}`).join("");
    const read = claims.url[one] && claims.url[one] !== url ? [" (", anchor(claims.url[one], "read here"), ")"] : [];
    return el("li", {}, `${labelOf("framing", claims.framing[one])}${said} – `, anchor(url, title), about ? ` (${about})` : "", ...read,
      claims.notes[one] ? el("div", { class: "soft" }, claims.notes[one]) : "");
  }));
}

function chainPart(head, steps) {
  return steps.length ? [el("h3", {}, head), el("ul", {}, steps.map((one) => el("li", {},
    plainButton(pathText(one), () => goTo(one), { "data-transfer": transfers.id[one] }),
    `: ${transfers.amount[one]}, ${transfers.what[one]}; ${transfers.when[one]}; ${labelOf("confidence", transfers.confidence[one]).toLowerCase()}`,
    transfers.marks[one].length ? el("span", { class: "mark" }, ` ${transfers.marks[one].join("; ")}`) : "")))] : [];
}

// Show a transfer with its sources and chain, whatever is chosen and searched.
function goTo(i) {
  if (!tableState.rows.includes(i)) {
    byId("search").value = "";
    state.band = null;
    if (!state.web.includes(i)) byId("filters").reset();
    if (!state.web.includes(i)) { byId("f-custody").value = "all"; apply(); }
    showTable(true);
  }
  tableState.page = Math.floor(tableState.rows.indexOf(i) / PAGE);
  showTable(false);
  const row = byId(`row-${i}`);
  toggle(i, row.querySelector("[aria-expanded]"));
  row.scrollIntoView({ block: "center" });
  byId(`detail-${i}`).cells[0].focus({ preventScroll: true });
}
