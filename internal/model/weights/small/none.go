//go:build nosmall

// Package small is empty in builds with the tag nosmall.
package small

// File is empty: there is no small network in this build.
var File []byte
