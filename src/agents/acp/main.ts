process.exit(12)
