"""A room of people in a workshop: who they are, what they cost the server, what became of their answers."""
