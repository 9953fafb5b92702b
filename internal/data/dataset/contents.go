package dataset

import "encoding/base64"

// contentBytes of a pair's SHA-256 stand for its contents, as contentChars of text. The
// chance that some other pair among a million has the same is 1 in 280 million.
const (
	contentBytes = 6
	contentChars = 8
)

func (p pair) shortContent() string {
	return base64.RawURLEncoding.EncodeToString(p.content[:contentBytes])
}

// Contents identifies the files of a split's pairs by their contents, wherever they are and
// whatever their names: eight characters for each pair. A model stores it, so that one can
// find out later what it was trained on.
func (d *Dataset) Contents(s Split) string {
	text := make([]byte, 0, contentChars*d.Len(s))
	for _, p := range d.splits[s] {
		text = append(text, p.shortContent()...)
	}
	return string(text)
}

// Among returns the names of a split's pairs that are in contents. Files that were
// re-encoded or cropped are not recognised.
func (d *Dataset) Among(contents string, s Split) []string {
	known := map[string]bool{}
	for ; len(contents) >= contentChars; contents = contents[contentChars:] {
		known[contents[:contentChars]] = true
	}
	var names []string
	for _, p := range d.splits[s] {
		if known[p.shortContent()] {
			names = append(names, p.name)
		}
	}
	return names
}
