"""Hostile input for every reader: one file a target, what must hold of all of them in `judging.py`.

A target is a module with `seeds()`, inputs to begin from, and `check(data)`, which raises when something does not hold.
`fuzzing_run.py` feeds it what atheris makes up, guided by the code it reaches (Linux); the tests feed it, for seconds
and wherever Python runs, what hypothesis makes up.
"""

TARGETS = ("csv", "edtf", "jsonld", "parquet", "xlsx", "sipri")
