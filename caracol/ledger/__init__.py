"""What happened, in chains that nobody can change unseen."""
