"""A question on the screen: in a lesson, a quiz, a review."""
