package stylize

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"slices"

	"easel/internal/file/imgio"
)

// MadeBy is the keyword of the text in a PNG file with the options that made it, as JSON.
// It leaves out options that change no pixel, and has file names in place of paths.
const MadeBy = "easel:stylize"

// madeFrom is the keyword of the text with what was seen in those files, as JSON.
const madeFrom = "easel:stylize-pictures"

// sums identify what was read: each is the SHA-256 of a picture's numbers.
type sums struct {
	Content string   `json:"content,omitempty"`
	Styles  []string `json:"styles,omitempty"`
	// Masks are those of the styles, "" for none.
	Masks []string `json:"masks,omitempty"`
}

// sumOfPicture identifies a picture.
func sumOfPicture(p *imgio.Picture) string {
	sum := sha256.New()
	hashPicture(sum, p)
	return hex.EncodeToString(sum.Sum(nil))
}

// portable returns o as a picture carries it: with the names of files in place of paths,
// and without what changes no pixel.
func (o Options) portable() Options {
	base := func(path string) string {
		if path == "" {
			return ""
		}
		return filepath.Base(path)
	}
	o.Content, o.Init, o.Continue, o.Weights = base(o.Content), base(o.Init), base(o.Continue), base(o.Weights)
	o.Styles = slices.Clone(o.Styles)
	for i, s := range o.Styles {
		o.Styles[i].Path, o.Styles[i].Mask = base(s.Path), base(s.Mask)
	}
	o.Out, o.MaxMemory, o.SaveEvery, o.CheckpointEvery, o.Threads = "", 0, 0, 0, 0
	return o
}

// made returns the texts that describe how a run made its pictures.
func (o Options) made() []imgio.Text {
	text, err := json.Marshal(o.portable())
	if err != nil {
		return nil // a value that JSON does not have, which Validate refuses
	}
	return []imgio.Text{{Keyword: "Software", Text: "easel"}, {Keyword: MadeBy, Text: string(text)}}
}

// texts are those of a run's pictures: how they were made, and from what.
func (r *runner) texts() []imgio.Text {
	text, _ := json.Marshal(r.in.sums) // strings only
	return append(r.o.made(), imgio.Text{Keyword: madeFrom, Text: string(text)})
}
