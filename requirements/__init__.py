"""What is installed, proven by hash: the locks, and the commands that make them, the list of licences and the bill of materials."""
