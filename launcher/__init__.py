"""The one-machine launcher behind `dev.py`: standard library only, because it runs before anything is installed."""
