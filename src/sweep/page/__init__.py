"""The page about a sweep: records to sections, sections to one HTML file and one Markdown file."""
