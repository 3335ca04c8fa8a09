"""The course that ships: what a teacher promises of every lesson, held to by test."""
