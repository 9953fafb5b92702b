// Package base is the ground floor: what every other floor needs and none of them
// is about. Package option declares options, package hint attaches advice to
// errors, package strictjson decodes what
// easel stored, and package near compares numbers in tests.
//
// Its packages may be imported from everywhere, the papers' packages included, and
// import only the standard library and one module that formats numbers. Whatever
// is about files, pictures or networks belongs on a floor above.
package base
