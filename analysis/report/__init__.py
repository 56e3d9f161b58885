"""Reports on runs and studies: sections made of blocks, which are written as HTML, Markdown or LaTeX."""
