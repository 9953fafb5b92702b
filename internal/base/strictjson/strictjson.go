// Package strictjson decodes JSON that easel wrote: configurations, records,
// checkpoints. What the reader does not know is an error and never left out, so
// that a misspelt key or a file of a later version is noticed.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Decode decodes one JSON value into what into points at. A key that has no field
// there and text after the value are errors; fields without a key keep what they
// have, which is how defaults are given.
func Decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is text after its end")
	}
	return nil
}
