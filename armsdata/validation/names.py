"""Finding the record or code that was meant: by name, alias, code, or what looks nearest."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

#: Letters of other scripts that look like Latin ones.
_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеосрхуѕіјҺһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορτυ",
    "ABESIJKMHOPCTXYaeocpxysijHhdqwABEZHIKMNOPTYXaivoptu",
)
#: Beyond so many names only those with the same first letter are compared.
_MANY = 5_000
#: So many fuzzy look-ups are made in one run; each costs milliseconds.
_LOOK_UPS = 500


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
        for name, key in pairs:
            form = plain(name[:200])
            if form:
                self.keys.setdefault(form, key)
        self._left = _LOOK_UPS
        self._known: dict[str, str] = {}

    def nearest(self, text: str) -> str:
        """The key that was probably meant; empty when nothing is near."""
        form = plain(text[:200])
        if form in self.keys:
            return self.keys[form]
        if form not in self._known:
            self._known[form] = self._fuzzy(form)
        return self._known[form]

    def _fuzzy(self, form: str) -> str:
        if len(form) < 3 or self._left <= 0:
            return ""
        self._left -= 1
        names: Iterable[str] = self.keys
        if len(self.keys) > _MANY:
            names = (name for name in self.keys if name[0] == form[0] and abs(len(name) - len(form)) < 4)
        near = difflib.get_close_matches(form, names, 1, 0.75)
        return self.keys[near[0]] if near else ""
