"""Judging tables: by cell, by row, by table, and together."""
