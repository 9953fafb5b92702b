package imgio

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// keptTags are the TIFF tags that georeference a picture (OGC GeoTIFF 1.1 §7), and GDAL's
// value for missing data.
var keptTags = [...]uint16{33550, 33922, 34264, 34735, 34736, 34737, 42113}

// Place is the georeference of a TIFF file. The zero Place means that there is none.
type Place struct{ tags []tiffEntry }

// Equal reports whether two places have the same tags.
func (p Place) Equal(q Place) bool {
	return slices.EqualFunc(p.tags, q.tags, func(a, b tiffEntry) bool {
		return a.tag == b.tag && a.kind == b.kind && a.count == b.count && bytes.Equal(a.content, b.content)
	})
}

// place returns the tags to keep, little-endian. Damaged ones are left out.
func (d tiffDirectory) place() (p Place) {
	for _, tag := range keptTags {
		content, kind, err := d.content(tag)
		if err != nil || len(content) == 0 {
			continue
		}
		size := int(tiffTypeSizes[kind])
		e := tiffEntry{tag, kind, uint32(len(content) / size), make([]byte, len(content))}
		copy(e.content, content)
		if d.file.order == binary.BigEndian {
			for at := 0; at < len(content); at += size {
				for i := range size {
					e.content[at+i] = content[at+size-1-i]
				}
			}
		}
		p.tags = append(p.tags, e)
	}
	return p
}
