// The summary of an actor's chains, in the words and with the numbers of `armsdata trace`.
function showActor(actor) {
  const place = byId("actor");
  place.replaceChildren();
  place.hidden = actor < 0;
  if (actor < 0) return;
  const members = [...withMembers(actor)].filter((one) => one !== actor);
  place.append(el("h3", {}, `${nameOf(actor)}: chains of custody`));
  if (members.length) place.append(el("p", { class: "soft" }, `With what is part of it: ${members.map(nameOf).join(", ")}.`));
  const traces = data.traces[actor];
  if (!traces) {
    place.append(el("p", {}, `Run: armsdata trace ${data.actors[actor][0]}`));
    return;
  }
  place.append(direction("Received", "Whose arms", traces.to), direction("Gave or lost", "To whom", traces.from));
}

function direction(head, list, trace) {
  const box = el("div", {});
  [[head, trace.own], ["Passed through its hands", trace.passing]].forEach(([name, [covered, ...sums]]) => {
    if (covered) box.append(el("p", {}, el("b", {}, `${name}: `), `${covered}: ${sums.join("; ") || "nothing that counts"}`));
  });
  if (!trace.parties.length) return box;
  box.append(el("details", {}, el("summary", {}, `${list} (${count(trace.parties.length, "party").replace("partys", "parties")})`),
    el("ul", {}, trace.parties.map(([party, role, through, [covered, ...sums]]) => el("li", {},
      party >= 0 ? plainButton(nameOf(party), () => chooseActor(party)) : "not known",
      ` – ${role}${through.length ? `; through ${through.map(nameOf).join(", ")}` : ""}: ${sums.join("; ")} (${covered})`)))));
  return box;
}
