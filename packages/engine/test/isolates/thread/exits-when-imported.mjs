// A module that ends whatever thread imports it; also an entry of a thread that never becomes ready.
process.exit(4)
