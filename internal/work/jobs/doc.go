// Package jobs is durable work: what was accepted is done once, whatever happens
// to the process in between.
//
// Call Open with a state folder and the kinds of work that there are (package
// verbs has easel's), then Submit, Get, List, Cancel and Next, which returns events;
// Close stops gracefully: running jobs save and go on at the next Open.
//
// # Where the truth is
//
// A job is a folder, STATE/jobs/ID: job.json is its record, files/ what its kind
// writes. Records are replaced atomically, and changed only by compare-and-set: of
// two who read the same revision, one writes. NATS JetStream, embedded and without a
// listener (STATE/nats), has a to-do list with the ids of unfinished jobs, and the
// events. The list can be lost: Open begins a new one with every unfinished job. A
// store that cannot be opened is set aside.
//
// # Claims
//
// A worker takes an id from the list, which gives it a lease, and claims the job: the
// record's attempt goes up by one. It writes results only while the record has its
// attempt, so a worker that was frozen, and replaced, cannot finish what is another's.
// Acknowledgements, which NATS takes from anybody, come after that and decide nothing.
// The lease is extended only while the job reports progress; a job that hangs is taken
// from its worker. One that has been begun MaxAttempts times in a row without getting any
// further, because it ends the process, say, has failed. A job that fails by itself is not tried again:
// it would fail again.
//
// # The same bits
//
// A kind goes on from what it finds in files/, its own checkpoint, to the bits of a
// run that was never stopped, on the same machine. What is done when the process is
// killed between a kind's end and its record is done again, to the same bits.
//
// # More than one machine
//
// Nothing outside of broker.go and records.go knows where list, events and records
// are. Another machine needs those two over a network: the same streams on a cluster,
// records in a key-value bucket, whose revisions are compared in the same way.
package jobs
