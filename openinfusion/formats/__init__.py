"""Wire formats as pure codecs: bytes in, values out, and back."""
