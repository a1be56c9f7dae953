"""What holds for every test: no time limit, for how fast a machine is says nothing about the code."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
