package safetensors

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// entry is the header's description of a tensor; begin and end are bytes from the start of
// the data.
type entry struct {
	dtype      string
	shape      []int
	begin, end int64
}

// parseHeader reads a header's JSON token by token: decoding into a struct would accept
// duplicate names, and null as zero.
func parseHeader(text []byte) (map[string]string, map[string]entry, error) {
	if len(text) == 0 || text[0] != '{' {
		return nil, nil, errors.New("the header does not begin with '{'")
	}
	if !utf8.Valid(text) {
		return nil, nil, errors.New("the header is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var metadata map[string]string
	entries := map[string]entry{}
	err := object(dec, func(name string) (err error) {
		if name == metadataKey {
			metadata, err = parseMetadata(dec)
			return err
		}
		entries[name], err = parseEntry(dec)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, nil, errors.New("header: there is more text after the JSON value")
	}
	return metadata, entries, nil
}

func parseMetadata(dec *json.Decoder) (map[string]string, error) {
	metadata := map[string]string{}
	err := object(dec, func(key string) error {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		s, ok := t.(string)
		if !ok {
			return fmt.Errorf("metadata must be a string, not %v", t)
		}
		metadata[key] = s
		return nil
	})
	return metadata, err
}

func parseEntry(dec *json.Decoder) (entry, error) {
	var e entry
	var shape, offsets []int64
	err := object(dec, func(key string) (err error) {
		switch key {
		case "dtype":
			var t json.Token
			if t, err = dec.Token(); err == nil {
				e.dtype, _ = t.(string)
			}
		case "shape":
			shape, err = integers(dec)
		case "data_offsets":
			offsets, err = integers(dec)
		default:
			err = errors.New("unknown key")
		}
		return err
	})
	switch {
	case err != nil:
		return e, err
	case dtypeSizes[e.dtype] == 0:
		return e, fmt.Errorf("unknown dtype %q", e.dtype)
	case shape == nil:
		return e, errors.New("no shape")
	case len(offsets) != 2:
		return e, fmt.Errorf("data_offsets %v must be two numbers", offsets)
	}
	e.begin, e.end = offsets[0], offsets[1]
	e.shape = make([]int, len(shape))
	for i, d := range shape {
		if e.shape[i] = int(d); int64(e.shape[i]) != d {
			return e, fmt.Errorf("shape %v is too large", shape)
		}
	}
	return e, e.check()
}

// check compares the byte range with the shape.
func (e entry) check() error {
	n, err := elements(e.shape)
	if err != nil {
		return err
	}
	if e.begin > e.end || e.end-e.begin != n*dtypeSizes[e.dtype] {
		return fmt.Errorf("%s of shape %v takes %d bytes, but its range is [%d, %d)",
			e.dtype, e.shape, n*dtypeSizes[e.dtype], e.begin, e.end)
	}
	return nil
}

// object reads a JSON object and calls value for each key; value must consume the key's
// value. Errors name the key.
func object(dec *json.Decoder, value func(key string) error) error {
	if err := delimiter(dec, '{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string) // the decoder accepts only strings as keys
		if seen[key] {
			return fmt.Errorf("%q appears twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
	}
	return delimiter(dec, '}')
}

// integers reads an array of integers of at least 0. Without an error it is not nil.
func integers(dec *json.Decoder) ([]int64, error) {
	if err := delimiter(dec, '['); err != nil {
		return nil, err
	}
	list := []int64{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		number, _ := t.(json.Number)
		n, err := strconv.ParseUint(string(number), 10, 63)
		if err != nil {
			return nil, fmt.Errorf("%v must be an integer of at least 0", t)
		}
		list = append(list, int64(n))
	}
	return list, delimiter(dec, ']')
}

func delimiter(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if t != want {
		return fmt.Errorf("found %v instead of %v", t, want)
	}
	return nil
}

// checkLayout makes sure that the tensors cover the data exactly once.
func checkLayout(entries map[string]entry, dataSize int64) error {
	names := sortedKeys(entries)
	slices.SortStableFunc(names, func(a, b string) int {
		ea, eb := entries[a], entries[b]
		if ea.begin != eb.begin {
			return compare(ea.begin, eb.begin)
		}
		return compare(ea.end, eb.end) // empty tensors before the one that starts there
	})
	at := int64(0)
	for _, name := range names {
		e := entries[name]
		if e.begin < at {
			return fmt.Errorf("tensor %q overlaps the one before it at byte %d", name, e.begin)
		}
		if e.begin > at {
			return fmt.Errorf("bytes %d to %d belong to no tensor", at, e.begin)
		}
		at = e.end
	}
	if at > dataSize {
		return fmt.Errorf("%d of %d bytes of data are missing: the file is cut off", at-dataSize, at)
	}
	if at < dataSize {
		return fmt.Errorf("%d bytes follow the last tensor", dataSize-at)
	}
	return nil
}
