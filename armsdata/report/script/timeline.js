// Time: how many transfers lie surely, or may lie, in each year; and each transfer as a range.
const MOST_YEARS = 150;
const RANGES = 25;
let firstRange = 0;

// Years that a date allows; one that is open at an end, or longer than sixty years, is told apart.
function yearsOf(indices) {
  const found = new Map();
  let undated = 0;
  let open = 0;
  for (const i of indices) {
    const [first, last] = [transfers.first[i], transfers.last[i]];
    if (first === null && last === null) undated += 1;
    else if (first === null || last === null || yearOf(last) - yearOf(first) > 60) open += 1;
    else {
      const [start, end] = [yearOf(first), yearOf(last)];
      for (let year = start; year <= end; year += 1) {
        const one = found.get(year) || { year, sure: 0, maybe: 0 };
        one[start === end ? "sure" : "maybe"] += 1;
        found.set(year, one);
      }
    }
  }
  return { years: [...found.values()].sort((a, b) => a.year - b.year), undated, open };
}

function drawYears() {
  const { years, undated, open } = yearsOf(state.web);
  const shown = years.slice(-MOST_YEARS);
  byId("year-note").textContent = [
    undated ? `${count(undated, "transfer")} without a date` : "",
    open ? `${count(open, "transfer")} with an open end or a range of more than sixty years` : "",
    years.length > shown.length ? `${count(years.length - shown.length, "earlier year")} left out` : "",
  ].filter(Boolean).join("; ");
  if (byId("year-note").textContent) byId("year-note").textContent = `Not drawn here: ${byId("year-note").textContent}.`;
  const place = byId("year-plot");
  place.replaceChildren();
  if (shown.length) place.append(yearBars(shown, Math.max(place.clientWidth || 900, 480)));
  fillTable(byId("year-table"), "Transfers by year", ["Year", "Surely in it", "Perhaps in it"],
    years.map((one) => [`${one.year}`, number(one.sure), number(one.maybe)]));
}

function yearBars(years, width) {
  const [height, left, bottom] = [200, 40, 24];
  const x = d3.scaleBand().domain(d3.range(years[0].year, years[years.length - 1].year + 1)).range([left, width]).paddingInner(0.15);
  const y = d3.scaleLinear().domain([0, d3.max(years, (one) => one.sure + one.maybe)]).nice().range([height - bottom, 8]);
  const svg = d3.create("svg").attr("width", width).attr("height", height).attr("role", "img")
    .attr("aria-label", "Number of transfers in each year; the same stands in the table below");
  const bar = (kind, low, high) => svg.append("g").selectAll("rect").data(years).join("rect").attr("class", kind)
    .attr("x", (one) => x(one.year)).attr("width", x.bandwidth())
    .attr("y", (one) => y(high(one))).attr("height", (one) => y(low(one)) - y(high(one)));
  bar("sure", () => 0, (one) => one.sure);
  bar("maybe", (one) => one.sure, (one) => one.sure + one.maybe);
  const step = Math.max(1, Math.ceil(x.domain().length / (width / 55)));
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${height - bottom})`)
    .call(d3.axisBottom(x).tickValues(x.domain().filter((year) => year % step === 0)).tickSizeOuter(0));
  svg.append("g").attr("class", "axis").attr("transform", `translate(${left},0)`).call(d3.axisLeft(y).ticks(5, "d"));
  return svg.node();
}

// ------------------------------------------------------------------------------------------ ranges

function prepareRanges() {
  byId("range-back").addEventListener("click", () => { firstRange -= RANGES; drawRanges(false); });
  byId("range-on").addEventListener("click", () => { firstRange += RANGES; drawRanges(false); });
}

const startOf = (i) => (transfers.first[i] === null ? transfers.last[i] : transfers.first[i]);

function drawRanges(anew) {
  const dated = state.web.filter((i) => startOf(i) !== null).sort((a, b) => startOf(a) - startOf(b) || a - b);
  if (anew) firstRange = 0;
  firstRange = Math.max(0, Math.min(firstRange, Math.max(0, dated.length - 1)));
  const shown = dated.slice(firstRange, firstRange + RANGES);
  byId("range-back").disabled = firstRange === 0;
  byId("range-on").disabled = firstRange + RANGES >= dated.length;
  byId("range-place").textContent = shown.length
    ? `${number(firstRange + 1)} to ${number(firstRange + shown.length)} of ${number(dated.length)} dated transfers`
    : "No dated transfers";
  const place = byId("range-plot");
  place.replaceChildren();
  if (shown.length) place.append(ranges(shown, Math.max(place.clientWidth || 900, 640)));
}

function ranges(shown, width) {
  const [line, left, top] = [22, Math.min(360, width * 0.45), 26];
  const ends = shown.flatMap((i) => [transfers.first[i], transfers.last[i]]).filter((day) => day !== null);
  const margin = Math.max(200, (d3.max(ends) - d3.min(ends)) * 0.03);
  const x = d3.scaleUtc().domain([new Date((d3.min(ends) - margin) * DAY), new Date((d3.max(ends) + margin) * DAY)]).range([left, width - 12]);
  const at = (day) => x(new Date(day * DAY));
  const height = top + shown.length * line + 6;
  const svg = d3.create("svg").attr("width", width).attr("height", height).attr("role", "img")
    .attr("aria-label", `Dates of ${count(shown.length, "transfer")}: ${shown.map((i) => `${pathText(i)}, ${transfers.when[i]}`).join("; ")}`);
  svg.append("g").attr("class", "axis").attr("transform", `translate(0,${top - 4})`).call(d3.axisTop(x).ticks(Math.max(3, (width - left) / 90)).tickSizeOuter(0));
  const row = svg.append("g").selectAll("g").data(shown).join("g").attr("transform", (_, place) => `translate(0,${top + place * line})`);
  row.append("title").text((i) => `${pathText(i)}: ${transfers.amount[i]}, ${transfers.what[i]}; ${transfers.when[i]}`);
  row.append("text").attr("x", 0).attr("y", 14).text((i) => {
    const text = `${nameOf(transfers.path[i][0])} → ${nameOf(transfers.path[i].at(-1))}: ${transfers.what[i]}`;
    const room = Math.floor(left / 7.4);
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  });
  const from = (i) => (transfers.first[i] === null ? left : at(transfers.first[i]));
  const to = (i) => (transfers.last[i] === null ? width - 12 : at(transfers.last[i] + 1));
  row.append("rect").attr("x", from).attr("y", 4).attr("height", 12).attr("rx", 2)
    .attr("width", (i) => Math.max(3, to(i) - from(i)))
    .attr("class", (i) => `range${transfers.vague[i] ? " vague" : ""}${transfers.confidence[i] === "disputed" ? " disputed" : ""}`);
  row.filter((i) => transfers.first[i] === null).append("path").attr("class", "open").attr("d", `M${left + 8},2 v16 l-8,-8 z`);
  row.filter((i) => transfers.last[i] === null).append("path").attr("class", "open").attr("d", `M${width - 20},2 v16 l8,-8 z`);
  return svg.node();
}
