package imgio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// longestText is the longest text that ReadTexts reads, in bytes.
const longestText = 1 << 20

// ReadTexts returns the texts that Write has stored in a PNG file, and those of other
// programs in the same form (iTXt, not compressed). Files of other formats have none.
func ReadTexts(path string) ([]Text, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read texts: %w", err)
	}
	defer func() { _ = f.Close() }()
	texts, err := readTexts(f)
	if err != nil {
		return nil, fmt.Errorf("%s: read texts: %w", path, err)
	}
	return texts, nil
}

// readTexts passes over the chunks of a PNG file: length, type, content, checksum.
func readTexts(r io.ReadSeeker) (texts []Text, err error) {
	const signature = "\x89PNG\r\n\x1a\n"
	head := make([]byte, len(signature))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != signature {
		return nil, nil // another format
	}
	for {
		if _, err := io.ReadFull(r, head); err != nil {
			return nil, noEnd(err)
		}
		length, kind := int64(binary.BigEndian.Uint32(head)), string(head[4:])
		switch {
		case kind == "IEND":
			return texts, nil
		case kind == "iTXt" && length <= longestText:
			content := make([]byte, length+4)
			if _, err := io.ReadFull(r, content); err != nil {
				return nil, noEnd(err)
			}
			if t, ok := textOf(content[:length]); ok {
				texts = append(texts, t)
			}
		default:
			if _, err := r.Seek(length+4, io.SeekCurrent); err != nil {
				return nil, err
			}
		}
	}
}

// noEnd is the error for a file that ends between chunks or within one.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

// textOf reads the content of an iTXt chunk: keyword, 0, whether it is compressed, method,
// language, 0, keyword in that language, 0, text.
func textOf(content []byte) (Text, bool) {
	keyword, rest, found := bytes.Cut(content, []byte{0})
	if !found || len(rest) < 2 || rest[0] != 0 {
		return Text{}, false
	}
	parts := bytes.SplitN(rest[2:], []byte{0}, 3)
	if len(parts) < 3 {
		return Text{}, false
	}
	return Text{Keyword: string(keyword), Text: string(parts[2])}, true
}
