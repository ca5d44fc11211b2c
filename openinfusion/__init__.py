"""OpenInfusion: the operations platform for home infusion therapy."""

__version__ = "0.1.0"
