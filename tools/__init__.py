"""Tools of the developers; the product does not import them."""
