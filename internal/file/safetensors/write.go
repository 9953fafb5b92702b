package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"easel/internal/file/atomicfile"
	"easel/internal/file/tensors"
)

// Write writes a safetensors file of float32 tensors, without copying them. The new file
// replaces an old one when it is complete and on the disk; after an error, such as a full
// disk, the old one is unchanged.
func Write(path string, metadata map[string]string, list []Tensor) error {
	return write(path, metadata, list, "F32", tensors.Encode)
}

// WriteHalf is Write with the numbers rounded to float16, half the size. Reading returns
// float32.
func WriteHalf(path string, metadata map[string]string, list []Tensor) error {
	return write(path, metadata, list, "F16", func(w io.Writer, values []float32) error {
		_, err := w.Write(tensors.EncodeHalf(values))
		return err
	})
}

// encoder writes numbers in the form of the file.
type encoder func(w io.Writer, values []float32) error

func write(path string, metadata map[string]string, list []Tensor, dtype string, encode encoder) error {
	sorted := byName(list)
	header, err := encodeHeader(metadata, sorted, dtype)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return writeTo(w, header, sorted, encode) })
}

func writeTo(w io.Writer, header []byte, sorted []Tensor, encode encoder) error {
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, t := range sorted {
		if err := encode(w, t.Data); err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	return nil
}

// encodeHeader returns the file's bytes up to the data: length, JSON, padding.
func encodeHeader(metadata map[string]string, sorted []Tensor, dtype string) ([]byte, error) {
	var b bytes.Buffer
	b.Write(make([]byte, 8))
	b.WriteByte('{')
	if len(metadata) > 0 {
		if err := encodeMetadata(&b, metadata); err != nil {
			return nil, err
		}
	}
	at := int64(0)
	for i, t := range sorted {
		if i > 0 && t.Name == sorted[i-1].Name {
			return nil, fmt.Errorf("two tensors have the name %q", t.Name)
		}
		if i > 0 || len(metadata) > 0 {
			b.WriteByte(',')
		}
		if err := encodeEntry(&b, t, dtype, &at); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
	}
	b.WriteByte('}')
	for b.Len()%8 != 0 {
		b.WriteByte(' ')
	}
	length := b.Len() - 8
	if length > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes is longer than the format allows", length)
	}
	binary.LittleEndian.PutUint64(b.Bytes(), uint64(length))
	return b.Bytes(), nil
}

func encodeMetadata(b *bytes.Buffer, metadata map[string]string) error {
	b.WriteString(`"` + metadataKey + `":{`)
	for i, key := range sortedKeys(metadata) {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeString(b, key); err != nil {
			return fmt.Errorf("metadata key: %w", err)
		}
		b.WriteByte(':')
		if err := encodeString(b, metadata[key]); err != nil {
			return fmt.Errorf("metadata %q: %w", key, err)
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeEntry(b *bytes.Buffer, t Tensor, dtype string, at *int64) error {
	if t.Name == metadataKey {
		return errors.New("the name is reserved")
	}
	n, err := elements(t.Shape)
	if err != nil {
		return err
	}
	if n != int64(len(t.Data)) {
		return fmt.Errorf("shape %v has %d values, but there are %d", t.Shape, n, len(t.Data))
	}
	if err := encodeString(b, t.Name); err != nil {
		return fmt.Errorf("name: %w", err)
	}
	b.WriteString(`:{"dtype":"` + dtype + `","shape":[`)
	for i, d := range t.Shape {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(b, d)
	}
	bytes := n * dtypeSizes[dtype]
	fmt.Fprintf(b, `],"data_offsets":[%d,%d]}`, *at, *at+bytes)
	*at += bytes
	return nil
}

// encodeString writes a JSON string without escaping <, > and &.
func encodeString(b *bytes.Buffer, s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("%q is not valid UTF-8", s)
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // remove the encoder's newline
	return nil
}
