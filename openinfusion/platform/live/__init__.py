"""Live boards: server-sent events that tell a page something changed; the page then asks for itself."""
