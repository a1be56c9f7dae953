"""The commands, one file each; thin over the Python functions, which do the work."""
