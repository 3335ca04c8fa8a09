"""The course: lesson files read, checked, graded and looked up."""
