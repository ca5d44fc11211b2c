"""The demo program: invented people at every step of the journey, made by the product's own services and rules."""
