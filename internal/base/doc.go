// Package base is the ground floor: what every other floor needs. Package option
// declares options, package hint attaches advice to errors, package near compares
// numbers in tests, package shard names parts of lists, and package strictjson decodes what
// easel stored.
//
// Every package may import it, the papers' packages included. It imports only the
// standard library and one module that formats numbers. Files, pictures and networks
// belong on the floors above.
package base
