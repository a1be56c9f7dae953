// The summary of an actor's chains, in the words and with the numbers of `armsdata trace`.
function showActor(actor) {
  const place = byId("actor");
  place.replaceChildren();
  place.hidden = actor < 0;
  if (actor < 0) return;
  const members = [...withMembers(actor)].filter((one) => one !== actor);
  place.append(el("h3", {}, `${nameOf(actor)}: chains of custody`));
  if (members.length) place.append(el("p", { class: "soft" }, `With what is part of it: ${members.map(nameOf).join(", ")}.`));
  const first = (traces.actor || []).indexOf(actor);
  if (first < 0) place.append(el("p", {}, `Run: armsdata trace ${actors.id[actor]}`));
  else place.append(direction("Received", "Whose arms", first), direction("Gave or lost", "To whom", first + 1));
}

function direction(head, list, trace) {
  const box = el("div", {});
  [[head, traces.own], ["Passed through its hands", traces.passing]].forEach(([name, texts]) => {
    const [covered, ...sums] = texts[trace].split("\n");
    if (covered) box.append(el("p", {}, el("b", {}, `${name}: `), `${covered}: ${sums.join("; ") || "nothing that counts"}`));
  });
  const found = partiesOf[trace];
  if (found.length) {
    box.append(el("details", {}, el("summary", {}, `${list} (${found.length === 1 ? "1 party" : `${number(found.length)} parties`})`),
      el("ul", {}, found.map(partyItem))));
  }
  return box;
}

function partyItem(one) {
  const [covered, ...sums] = parties.sums[one].split("\n");
  const actor = parties.actor[one];
  const through = parties.through[one].length ? `; through ${parties.through[one].map(nameOf).join(", ")}` : "";
  return el("li", {}, actor < 0 ? "not known" : plainButton(nameOf(actor), () => chooseActor(actor)),
    ` – ${parties.role[one]}${through}: ${sums.join("; ")} (${covered})`);
}
