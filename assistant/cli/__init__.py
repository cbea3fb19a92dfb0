"""The command line, `reflect`: a module a group of commands."""
