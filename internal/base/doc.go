// Package base is the ground that the floors stand on: what every floor needs
// and none of them is about. Package hint attaches advice to errors, package
// strictjson decodes what easel stored.
//
// Its packages import the standard library and nothing else, and may be imported
// from everywhere, the papers' packages included. Whatever is about files,
// pictures or networks belongs on a floor above.
package base
