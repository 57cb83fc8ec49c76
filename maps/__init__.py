"""Published warehouse to published site: pages that councils can publish and councillors can trust."""
