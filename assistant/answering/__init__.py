"""Whether there is an answer, what is quoted, how it reads, which questions go with it, and how it was found."""
