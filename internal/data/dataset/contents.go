package dataset

import "encoding/base64"

// contentBytes of a pair's SHA-256 stand for its contents, in contentChars of
// text: among a million pairs another has the same with a chance of 1 to 280
// million.
const (
	contentBytes = 6
	contentChars = 8
)

func (p pair) shortContent() string {
	return base64.RawURLEncoding.EncodeToString(p.content[:contentBytes])
}

// Contents returns what stands for the files of a split's pairs, wherever they lie
// and whatever they are called: eight characters for each, one after the other. A
// model keeps it, so that later it can be told what it was trained on.
func (d *Dataset) Contents(s Split) string {
	text := make([]byte, 0, contentChars*d.Len(s))
	for _, p := range d.splits[s] {
		text = append(text, p.shortContent()...)
	}
	return string(text)
}

// Among returns the names of a split's pairs that are among Contents. Files that
// were encoded anew or cut otherwise are not recognised.
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
