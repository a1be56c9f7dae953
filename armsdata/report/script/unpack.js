// The data as the page brought them (armsdata/report/packing.py, phrases.py): tables of columns, made whole again.
const DIGITS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).filter((one) => !'"\\<>&'.includes(one));
const BASE = DIGITS.length;
const MORE = 50;
const DIGIT = [];
DIGITS.forEach((one, value) => { DIGIT[one.charCodeAt(0)] = value; });

function unpacked(packed) {
  const pairs = numbersOf(packed.pairs);
  const texts = new Map();
  // 0 ends a text, odd numbers name words, even ones phrases, which are two words or phrases.
  function textOf(name) {
    if (name % 2) return packed.words[(name - 1) / 2];
    if (!texts.has(name)) texts.set(name, textOf(pairs[name - 2]) + textOf(pairs[name - 1]));
    return texts.get(name);
  }
  function textsOf(codes) {
    const found = [];
    let text = "";
    for (const name of numbersOf(codes)) {
      if (name) text += textOf(name);
      else {
        found.push(text);
        text = "";
      }
    }
    return found;
  }
  const table = ({ size, groups }) => Object.fromEntries([["size", size], ...groups.flatMap(({ names, places, width, values }) => {
    const place = width === null ? null : placesOf(places, width, size);
    return names.map((name, i) => {
      const found = typeof values[i] === "string" ? textsOf(values[i]) : values[i];
      return [name, place ? place.map((one) => found[one]) : found];
    });
  })]);
  return Object.fromEntries(Object.entries(packed.tables).map(([name, packedTable]) => [name, table(packedTable)]));
}

// Numbers of as many digits as each needs: one from MORE on says that another follows.
function numbersOf(codes) {
  const found = [];
  let number = 0;
  let unit = 1;
  for (let i = 0; i < codes.length; i += 1) {
    const digit = DIGIT[codes.charCodeAt(i)];
    number += digit * unit;
    if (digit < MORE) {
      found.push(number);
      number = 0;
      unit = 1;
    } else unit *= BASE - MORE;
  }
  return found;
}

function placesOf(places, width, size) {
  return Array.from({ length: size }, (_, row) => {
    let place = 0;
    for (let i = row * width; i < (row + 1) * width; i += 1) place = place * BASE + DIGIT[places.charCodeAt(i)];
    return place;
  });
}
