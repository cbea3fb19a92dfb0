"""What the product's models learn from, written for it by hand; see README.md."""
