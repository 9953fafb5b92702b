package stylize

import (
	"encoding/json"
	"path/filepath"
	"slices"

	"easel/internal/file/imgio"
)

// MadeBy is the keyword of the text in a PNG file with the options that made it, as JSON.
// It leaves out options that change no pixel, and has file names in place of paths.
const MadeBy = "easel:stylize"

// made returns the texts that describe how a run made its pictures.
func (o Options) made() []imgio.Text {
	base := func(path string) string {
		if path == "" {
			return ""
		}
		return filepath.Base(path)
	}
	o.Content, o.Init, o.Weights = base(o.Content), base(o.Init), base(o.Weights)
	o.Styles = slices.Clone(o.Styles)
	for i, s := range o.Styles {
		o.Styles[i].Path, o.Styles[i].Mask = base(s.Path), base(s.Mask)
	}
	o.Out, o.MaxMemory, o.SaveEvery, o.CheckpointEvery, o.Threads = "", 0, 0, 0, 0
	text, err := json.Marshal(o)
	if err != nil {
		return nil // a value that JSON does not have, which Validate refuses
	}
	return []imgio.Text{{Keyword: "Software", Text: "easel"}, {Keyword: MadeBy, Text: string(text)}}
}
