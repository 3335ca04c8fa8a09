"""A class: the folder that its learners' homes, its roster and its log are in."""
