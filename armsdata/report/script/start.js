prepareFilters();
prepareFlows();
prepareRanges();
prepareTable();
apply();
byId("needs-script").hidden = true;

let resized = 0;
window.addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => { drawFlows(); drawYears(); drawRanges(false); }, 150);
});
document.documentElement.dataset.ready = "true";
