"""What all widgets share: the base class, figures, the theme."""
