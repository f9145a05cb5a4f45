"""What we say: choose clauses, compose a document, render it as text, PDF and e-mail."""
