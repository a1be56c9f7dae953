"""Finding the record or code that was meant: by name, alias, code, or what looks nearest."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

#: Letters of other scripts that look like Latin ones.
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеосрхуѕіјҺһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορτυ",
    "ABESIJKMHOPCTXYaeocpxysijHhdqwABEZHIKMNOPTYXaivoptu",
)
#: Beyond so many names only those with the same first letter are compared.
_MANY = 5_000
#: So many names are compared in one run, each of which costs microseconds; then only exact ones are found.
_COMPARISONS = 100_000


_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def plain(text: str) -> str:
    """A name without case, accents, look-alike letters, punctuation and hidden characters."""
    latin = unicodedata.normalize("NFKD", text.translate(_LOOK_ALIKE))
    return "".join(one for one in latin.casefold() if one.isalnum())


class Names:
    """Names of keys, to be looked up by what people write instead.

    Args:
        pairs: a name and the key it stands for; the first of equal names wins.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.keys: dict[str, str] = {}
        self._without_zeros: dict[str, str] = {}
        for name, key in pairs:
            form = plain(name[:200])
            if form:
                self.keys.setdefault(form, key)
                if name == key and _LEADING_ZEROS.search(name):
                    self._without_zeros.setdefault(plain(_LEADING_ZEROS.sub("", name)), key)
        self._left = _COMPARISONS
        self._known: dict[str, str] = {}

    def exact(self, text: str) -> str:
        """The key of the record that has this name, but for case, accents, look-alike letters and punctuation."""
        return self.keys.get(plain(text[:200]), "")

    def nearest(self, text: str) -> str:
        """The key that was probably meant; empty when nothing is near."""
        form = plain(text[:200])
        if form in self.keys:
            return self.keys[form]
        if form in self._without_zeros:  # a spreadsheet took them
            return self._without_zeros[form]
        if form not in self._known:
            self._known[form] = self._fuzzy(form)
        return self._known[form]

    def _fuzzy(self, form: str) -> str:
        if len(form) < 3 or self._left <= 0:
            return ""
        found: Iterable[str] = self.keys
        if len(self.keys) > _MANY:
            found = (name for name in self.keys if name[0] == form[0] and abs(len(name) - len(form)) < 4)
        names = list(islice(found, self._left + 1))
        self._left -= len(names)
        if self._left < 0:  # who has written so many wrong keys needs no more guesses
            return ""
        near = difflib.get_close_matches(form, names, 1, 0.75)
        return self.keys[near[0]] if near else ""
