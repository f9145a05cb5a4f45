"""What happened: requests, events, state folded from events, and the store that keeps them."""
