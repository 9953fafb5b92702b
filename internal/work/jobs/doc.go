// Package jobs is durable work: what was accepted is done once, whatever happens
// to the process in between.
//
// Call Open with a state folder and the kinds of work that there are (package
// verbs has easel's), then Submit, Get, List, Pause, Cancel and Next, which returns events;
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
// from its worker.
//
// # Who is to blame
//
// A job that fails by itself is not tried again: it would fail again. One that ends the
// whole process, or hangs, would do so for ever, so that attempts are counted, in a row,
// until the job has kept something new on the disk (Progress.Kept). A lease that was lost
// counts one. So does a death of the process that left a report of a crash, or after
// which Linux has counted one more process that it killed for want of memory
// (CatchCrashes); one without a sign counts a hundredth, since anybody may kill a
// process. Jobs that died together share what counts. After MaxAttempts of these a job
// has failed.
//
// # Pausing
//
// A paused job has saved and is off the list until it is resumed; it keeps no worker,
// and stays paused when the process ends.
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
