"""Who holds the photos: company records, search, and the layers they come from."""
