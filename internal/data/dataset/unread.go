package dataset

import (
	"path"

	"easel/internal/file/imgio"
)

// leftOut notes the pictures of a folder that easel does not read, and returns them
// by their keys.
func (f *finding) leftOut(dir folder) map[string]string {
	found := map[string]string{}
	for _, name := range dir.others {
		if imgio.IsUnread(name) {
			found[key(name)] = name
			f.unread = append(f.unread, path.Join(dir.path, name))
		}
	}
	return found
}
