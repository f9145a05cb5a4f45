"""What is due: the deadline reminder report."""
