package stored

import "testing"

// FuzzHeader: whatever a file says about itself, the answer is a header that can
// be written again, or an error.
func FuzzHeader(f *testing.F) {
	text, err := exampleHeader().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(`{"format":"easel-model","version":2,"kind":"film","reels":3}`)
	f.Add(`{"format":"easel-model","version":1,"kind":"model","config":{},"training":{"step":-1}}`)
	f.Add(`{"format":"easel-model","version":1} x`)
	f.Fuzz(func(t *testing.T, text string) {
		header, err := headerOf("fuzz", map[string]string{easelKey: text})
		if err != nil {
			return
		}
		if _, err := header.encode(); err != nil {
			t.Fatal(err)
		}
	})
}
