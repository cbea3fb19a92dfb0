"""What a person takes along: the sheet for supervision, as a Word file and as a page to print."""
