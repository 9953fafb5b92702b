package dataset

import (
	"path"

	"easel/internal/file/imgio"
)

// leftOut records the pictures of a folder in unsupported formats, and returns them by key.
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
