// Making elements, and the words in which numbers and years are told.
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (name === "on") Object.entries(value).forEach(([event, call]) => made.addEventListener(event, call));
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  });
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

const plainButton = (text, call, more) => el("button", { type: "button", class: "plain", on: { click: call }, ...more }, text);

// An address of the data is linked only when it is one of the web.
const anchor = (url, text) =>
  /^https?:\/\//i.test(url) ? el("a", { href: url, rel: "noopener noreferrer" }, text) : text;

const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en-GB", { maximumFractionDigits: 3 });
const count = (value, noun) => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

function unitName(value, unit) {
  const noun = unit ? labelOf("unit", unit).toLowerCase() : "(no unit)";
  return value === 1000 || !unit ? noun : `${noun}s`;
}

function totalText(unit, one) {
  const about = one.about ? "about " : "";
  const least = number(one.least / 1000);
  if (one.least === one.most) return `${about}${least} ${unitName(one.least, unit)}`;
  if (one.most !== null) {
    const low = one.least ? `at least ${about}${least}, ` : "";
    return `${low}at most ${about}${number(one.most / 1000)} ${unitName(null, unit)}`;
  }
  return one.least
    ? `at least ${about}${least} ${unitName(null, unit)}, at most not known`
    : `${unitName(null, unit)}, number not known`;
}

const UNIT_ORDER = data.codes.unit.map(([code]) => code);
const unitsOf = (sums) => [...sums.units.entries()].sort((a, b) => UNIT_ORDER.indexOf(a[0]) - UNIT_ORDER.indexOf(b[0]));

function totalsText(sums) {
  const found = unitsOf(sums).map(([unit, one]) => totalText(unit, one));
  if (!found.length) return sums.silent ? ["number not known"] : [];
  if (sums.silent) found.push(`and an unknown number in ${count(sums.silent, "transfer")} without a figure`);
  return found;
}

function coveredText(sums) {
  const notes = [
    sums.parts ? `${count(sums.parts, "part")} inside` : "",
    sums.apart ? `${number(sums.apart)} without custody left out` : "",
    sums.disputed ? `${number(sums.disputed)} disputed` : "",
    sums.unclear ? `of ${number(sums.unclear)} it is not known whether ${sums.unclear === 1 ? "it" : "they"} happened` : "",
  ].filter(Boolean);
  return count(sums.transfers, "transfer") + (notes.length ? ` (${notes.join("; ")})` : "");
}

const DAY = 86400000;
const dayText = (day) => (day === null ? "open" : new Date(day * DAY).toISOString().slice(0, 10));
const yearOf = (day) => new Date(day * DAY).getUTCFullYear();
const pathText = (i) => transfers.path[i].map(nameOf).join(" → ");

function fillTable(place, caption, head, rows) {
  place.replaceChildren(
    el(
      "table",
      {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, head.map((one) => el("th", { scope: "col" }, one)))),
      el("tbody", {}, rows.map(([first, ...rest]) =>
        el("tr", {}, el("th", { scope: "row" }, first), rest.map((one) => el("td", {}, one))))),
    ),
  );
}
