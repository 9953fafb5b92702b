// Package cluster keeps things on an external NATS JetStream cluster: a table that all its
// clients watch and change by compare-and-set, files, events, and a lease. Heartbeats say
// who is alive.
//
// Call Connect, then Open in the process that may make the streams, or Find in the others.
// Jobs' rules are none of its business: package jobs has them.
//
// # Streams
//
// With the prefix easel there are three, on files and with Options.Replicas copies each:
//
//	KV_easel       the table, a key-value bucket: nats kv get easel jobs.ID
//	easel-files    files in chunks, under easel.files.PLACE.NUMBER
//	easel-events   events of a week
//
// Heartbeats are published on easel.beats, and are not stored.
//
// Streams that are there but not as required are refused, with how to set them (WrongError).
//
// # Guarantees
//
// A write counts when a majority of the copies has it. One whose answer was lost is
// repeated until it is known what became of it: a repeated Put finds its own value. While
// servers restart or elect a leader, calls wait for at most Patience, with one line in the
// log.
package cluster
