"""The entities of the loop and how they are named. Pure."""
