from hypothesis import settings

# Examples are not timed: a busy machine would fail them.
settings.register_profile("engine", deadline=None, max_examples=100)
settings.load_profile("engine")
