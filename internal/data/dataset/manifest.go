package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
)

// ManifestFile is an optional file in a data folder that says what names and pictures do
// not.
const ManifestFile = "easel-data.json"

// manifest is the content of a ManifestFile.
type manifest struct {
	// ChannelFolders says that folders inside a side whose names are numbers are
	// channels of one picture, and not folders of pictures.
	ChannelFolders bool `json:"channel_folders"`
	// Pairs is "side-by-side" if pictures are pairs although they do not look like it.
	Pairs Pairs `json:"pairs"`
}

// readManifest reads a data folder's manifest, if there is one.
func readManifest(root string) (m manifest, err error) {
	name := filepath.Join(root, ManifestFile)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = strictjson.Decode(text, &m)
	}
	if err == nil {
		_, err = ParsePairs(string(m.Pairs))
	}
	if err != nil {
		return m, hint.New(fmt.Errorf("find pairs: %s: %w", name, err),
			`it is a text as {"channel_folders": true, "pairs": "side-by-side"}, each with what is not so left out`)
	}
	return m, nil
}

// ChannelFolders reports whether a data folder's manifest says that numbered folders
// are channels of one picture.
func ChannelFolders(root string) (bool, error) {
	m, err := readManifest(root)
	return m.ChannelFolders, err
}

// ChannelsHint is advice about numbered folders that are channels.
const ChannelsHint = `if the numbered folders are channels of one picture, say so in a file ` + ManifestFile +
	` beside A/ and B/: {"channel_folders": true}`

// suggestChannels notes numbered folders of a side, which earlier versions took for channels.
// If no names match, it suggests the manifest.
func (f *finding) suggestChannels(a, b string, problems []Problem, matched bool) {
	if f.numbered = f.numbered || f.hasNumbered(a) || f.hasNumbered(b); !f.numbered || matched {
		return
	}
	for i := range problems {
		problems[i].Hint = ChannelsHint
	}
}

// hasNumbered reports whether a side has numbered folders that are not channels.
func (f *finding) hasNumbered(side string) bool {
	dir, err := list(f.root, side)
	return err == nil && !f.manifest.ChannelFolders && len(dir.pictures) == 0 && len(dir.numbered()) > 0
}
