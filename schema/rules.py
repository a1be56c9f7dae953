"""What must hold of a column and of a row, each rule declared once.

A rule is a predicate over typed Arrow columns. `models.py` wraps it as a pandera check; the validation uses the same
predicate to find the rows once pandera has said that the check fails. Rules return plain booleans: what cannot be
judged (an empty or unreadable cell) is not broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .arrays import Mask, single
from .cells import counted_units
from .columns import ID_LIMIT, ZERO, Column, Kind, Table
from .dates import allowed
from .forms import URL, matches
from .vocabularies import vocabulary


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """A rule about each value of one column: which finding it makes, and where it is broken."""

    code: str
    broken: Callable[[pa.Array], Mask]


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule about the cells of one row.

    Attributes:
        name: a stable name for people.
        code: the finding it makes.
        place: the column at which the finding stands.
        needs: the columns that `broken` reads.
        broken: from typed columns, plain or with coded values, to one boolean a row.
        says: what is wrong, with `{column}` for the cells named in `needs`.
    """

    name: str
    code: str
    place: str
    needs: tuple[str, ...]
    broken: Callable[[Mapping[str, pa.Array]], Mask]
    says: str


def mask(array: pa.Array) -> Mask:
    """An Arrow boolean array as a plain mask; null is False: what cannot be judged is not broken."""
    if not pc.any(array).as_py():  # as a rule; and far quicker than to unpack it
        return np.zeros(len(array), dtype=bool)
    return np.asarray(pc.fill_null(single(array), False))


# ---------------------------------------------------------------------------------------------- columns


def column_rules(column: Column) -> tuple[ColumnRule, ...]:
    """The rules that a column's declaration implies, beside its type and whether it is required."""
    rules = []
    if column.kind is Kind.CODE:
        codes = vocabulary(column.vocabulary).codes
        rules.append(ColumnRule("not-in-vocabulary", lambda array: _outside(array, codes)))
    if column.kind is Kind.LANGUAGE:
        rules.append(ColumnRule("not-in-vocabulary", _no_language))
    if column.kind is Kind.URL:
        rules.append(ColumnRule("wrong-type", lambda array: mask(pc.invert(matches(array, URL)))))
    if column.kind is Kind.INTEGER:
        rules.append(
            ColumnRule("bad-identifier", lambda array: mask(pc.or_(pc.less(array, 1), pc.greater(array, 9999))))
        )
    if column.pattern:
        rules.append(ColumnRule("bad-identifier", lambda array: _not_of_form(column, array)))
    if column.kind is Kind.DECIMAL:
        limit = pc.less_equal if column.positive else pc.less
        rules.append(ColumnRule("out-of-range", lambda array: mask(limit(array, pa.scalar(ZERO, array.type)))))
    if column.kind is Kind.EDTF:
        rules.append(ColumnRule("bad-date", _no_edtf))
    return tuple(rules)


def _outside(array: pa.Array, codes: pa.Array) -> Mask:
    return mask(pc.and_(array.is_valid(), pc.invert(pc.is_in(array, value_set=codes))))


# BCP 47: language, extended language, script, region, variants, extensions, private use.
_LANGUAGE = (
    "[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
    "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
    "(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?"
)


def _no_language(array: pa.Array) -> Mask:
    primary = pc.utf8_lower(pc.replace_substring_regex(array, "-.*", ""))
    return mask(pc.invert(matches(array, _LANGUAGE))) | _outside(primary, vocabulary("language").codes)


def _not_of_form(column: Column, array: pa.Array) -> Mask:
    broken = mask(pc.invert(matches(array, column.pattern)))
    if column.kind is Kind.ID and (pc.max(pc.binary_length(array)).as_py() or 0) > ID_LIMIT:
        broken |= mask(pc.greater(pc.utf8_length(array), ID_LIMIT))
    if column.name == "actor_id":
        state = pc.if_else(pc.match_substring_regex(array, r"\A[A-Z]{3}\z"), array, pa.scalar(None, array.type))
        broken |= _outside(state, vocabulary("country").codes)
    if column.name == "iso3166":
        broken |= _outside(array, country_codes())
    return broken


def country_codes() -> pa.Array:
    """Every ISO 3166 code that the column `iso3166` may hold."""
    return pa.array([country.more["iso3166"] for country in vocabulary("country").concepts.values()], pa.string())


def _coded(array: pa.Array) -> pa.DictionaryArray:
    return array if pa.types.is_dictionary(array.type) else single(array.dictionary_encode())


def _no_edtf(array: pa.Array) -> Mask:
    return allowed(array).refused


# ---------------------------------------------------------------------------------------------- rows

QUANTITIES = ("quantity", "quantity_low", "quantity_high", "quantity_ordered")
#: With one of these a transfer has no delivery date.
NOT_DELIVERED = ("planned", "licensed", "notified", "ordered", "cancelled", "denied")
#: Nobody orders these.
INVOLUNTARY = ("capture", "theft", "loss")


def _plain(array: pa.Array) -> pa.Array:
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array


def _asked(array: pa.Array, question: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The answer for each row; where distinct values are coded, it is asked of those."""
    if not pa.types.is_dictionary(array.type):
        return question(array)
    answers = question(array.dictionary)
    return answers.take(array.indices) if pc.any(answers).as_py() else pa.nulls(len(array), pa.bool_())


def _among(array: pa.Array, codes: tuple[str, ...]) -> pa.Array:
    return _asked(array, lambda some: pc.is_in(some, value_set=pa.array(codes, pa.string())))


def _more(first: str, second: str, *, unless: str = "") -> Callable[[Mapping[str, pa.Array]], Mask]:
    """Broken where `first` is more than `second` (and, with `unless`, that column is empty)."""

    def broken(row: Mapping[str, pa.Array]) -> Mask:
        if any(row[name].null_count == len(row[name]) for name in (first, second)):
            return np.zeros(len(row[first]), dtype=bool)
        more = pc.greater(_plain(row[first]), _plain(row[second]))
        return mask(pc.and_kleene(more, row[unless].is_null())) if unless else mask(more)

    return broken


def _filled_without(filled: tuple[str, ...], companion: str) -> Callable[[Mapping[str, pa.Array]], Mask]:
    def broken(row: Mapping[str, pa.Array]) -> Mask:
        any_filled = reduce(pc.or_, (row[name].is_valid() for name in filled))
        return mask(pc.and_(any_filled, row[companion].is_null()))

    return broken


def _fraction(name: str) -> Callable[[Mapping[str, pa.Array]], Mask]:
    def broken(row: Mapping[str, pa.Array]) -> Mask:
        part = _asked(row[name], lambda number: pc.not_equal(number, pc.floor(number)))
        if not pc.any(part).as_py():  # as a rule
            return np.zeros(len(part), dtype=bool)
        counted = _among(row["quantity_unit"], tuple(sorted(counted_units())))
        return mask(pc.and_kleene(counted, part))

    return broken


def _self_transfer(row: Mapping[str, pa.Array]) -> Mask:
    supplier, recipient = row["supplier"], row["recipient"]
    same = _same(supplier, recipient)
    if not pc.any(same).as_py():  # as a rule
        return np.zeros(len(same), dtype=bool)
    known = pc.invert(_among(recipient, ("unknown",)))
    return mask(pc.and_kleene(same, pc.fill_null(known, True)))


def _same(first: pa.Array, second: pa.Array) -> pa.Array:
    """Where two columns of texts agree; of coded ones only the distinct texts are compared."""
    if not all(pa.types.is_dictionary(array.type) for array in (first, second)):
        return pc.equal(_plain(first), _plain(second))
    places = pc.index_in(second.dictionary, value_set=first.dictionary, skip_nulls=True)
    return pc.equal(first.indices, places.take(second.indices))


def _early_delivery(row: Mapping[str, pa.Array]) -> Mask:
    return mask(pc.less(_plain(row["delivered_latest"]), _plain(row["ordered_earliest"])))


def _dated_but_not_delivered(row: Mapping[str, pa.Array]) -> Mask:
    return mask(pc.and_kleene(_among(row["status"], NOT_DELIVERED), row["delivered"].is_valid()))


def _ordered_loss(row: Mapping[str, pa.Array]) -> Mask:
    return mask(pc.and_kleene(_among(row["kind"], INVOLUNTARY), row["ordered"].is_valid()))


def _capital_id_of_no_state(row: Mapping[str, pa.Array]) -> Mask:
    state = pc.is_in(_plain(row["actor_id"]), value_set=vocabulary("country").codes)
    other = _among(row["kind"], tuple(kind for kind in vocabulary("actor-kind").concepts if kind != "state"))
    return mask(pc.and_(state, other))


def _read_before_published(row: Mapping[str, pa.Array]) -> Mask:
    published = _coded(row["published"])
    earliest = allowed(published.dictionary).earliest.take(published.indices)
    return mask(pc.less(_plain(row["accessed"]), earliest))


def _bounds_rules() -> tuple[RowRule, ...]:
    out = "inconsistent-quantity"
    return (
        RowRule("low-above-quantity", out, "quantity_low", ("quantity_low", "quantity"),
                _more("quantity_low", "quantity"), "the least, {quantity_low}, is more than the quantity, {quantity}"),
        RowRule("high-below-quantity", out, "quantity_high", ("quantity_high", "quantity"),
                _more("quantity", "quantity_high"), "the most, {quantity_high}, is less than the quantity, {quantity}"),
        RowRule("low-above-high", out, "quantity_low", ("quantity_low", "quantity_high", "quantity"),
                _more("quantity_low", "quantity_high", unless="quantity"),
                "the least, {quantity_low}, is more than the most, {quantity_high}"),
    )  # fmt: skip


ROW_RULES: dict[str, tuple[RowRule, ...]] = {
    "transfers": (
        *_bounds_rules(),
        *(
            RowRule(f"whole-{name}", "inconsistent-quantity", name, (name, "quantity_unit"), _fraction(name),
                    f"{{{name}}} is no whole number, but the unit {{quantity_unit}} is counted")
            for name in QUANTITIES
        ),
        RowRule("quantity-has-unit", "missing-unit", "quantity_unit", ("quantity_unit", *QUANTITIES),
                _filled_without(QUANTITIES, "quantity_unit"), "there is a quantity, but no unit"),
        RowRule("value-has-currency", "missing-currency", "value_currency", ("value_currency", "value"),
                _filled_without(("value",), "value_currency"), "there is a value, {value}, but no currency"),
        RowRule("delivered-after-ordered", "impossible-order", "delivered",
                ("delivered", "ordered", "delivered_latest", "ordered_earliest"), _early_delivery,
                "delivered {delivered} is before ordered {ordered}"),
        RowRule("status-agrees-with-date", "inconsistent-status", "status", ("status", "delivered"),
                _dated_but_not_delivered, "the status is {status}, but there is a delivery date, {delivered}"),
        RowRule("losses-are-not-ordered", "inconsistent-status", "ordered", ("ordered", "kind"), _ordered_loss,
                "a {kind} has no date of order, but there is one, {ordered}"),
        RowRule("no-self-transfer", "self-transfer", "recipient", ("recipient", "supplier"), _self_transfer,
                "supplier and recipient are both {recipient}"),
        RowRule("revised-after-recorded", "impossible-order", "revised_on", ("revised_on", "recorded_on"),
                _more("recorded_on", "revised_on"), "revised on {revised_on}, before it was recorded on {recorded_on}"),
    ),
    "claims": _bounds_rules(),
    "actors": (
        RowRule("capitals-are-states", "bad-identifier", "actor_id", ("actor_id", "kind"), _capital_id_of_no_state,
                "{actor_id} is a state's code, but the kind is {kind}"),
    ),
    "weapons": (),
    "sources": (
        RowRule("accessed-after-published", "impossible-order", "accessed", ("accessed", "published"),
                _read_before_published, "accessed {accessed}, before it was published, {published}"),
    ),
}  # fmt: skip


def row_rules(table: Table) -> tuple[RowRule, ...]:
    """The rules about the rows of a table."""
    return ROW_RULES[table.name]
