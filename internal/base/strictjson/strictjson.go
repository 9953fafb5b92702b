// Package strictjson decodes JSON that easel wrote: configurations, records,
// checkpoints. An unknown key is an error, so that a misspelt key or a file of a later
// version is noticed.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Decode decodes one JSON value into the value that into points at. Unknown keys and
// text after the value are errors. Fields without a key keep their values, so defaults
// are set beforehand.
func Decode(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more text after the JSON value")
	}
	return nil
}
