// Package face is the floor that people touch: the command line (cli) and HTTP
// (serve).
//
// A face turns what it is given into the options of a verb, calls it, and shows its
// events and errors in its own words: package hint spells advice as flags, as JSON
// keys or as fields. Nothing is decided here that another face would have to decide
// again.
//
// It imports everything, and of other modules those that parse flags, draw progress
// and limit requests. Nothing imports it but cmd/easel.
package face
