"""Tuning: which settings to pull with. It knows neither Qt nor a terminal."""
