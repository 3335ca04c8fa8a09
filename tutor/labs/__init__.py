"""What a lab is: its file, its settings, its controls, its goal and its panels."""
