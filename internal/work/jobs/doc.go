// Package jobs runs jobs durably: what was accepted is done once, whatever happens to the
// process in between.
//
// Call Open with a state folder and the kinds of work (package verbs has easel's), then
// Submit, Get, List, Pause, Cancel and Next, which returns events. Close stops gracefully:
// running jobs save, and continue at the next Open.
//
// # Records
//
// A job is a folder, STATE/jobs/ID: job.json is its record, and files/ is what its kind
// writes. Records are replaced atomically by compare-and-set: of two writers that read the
// same revision, only one succeeds. An embedded NATS JetStream server without a listener
// (STATE/nats) holds the to-do list, with the ids of unfinished jobs, and the events. The
// list may be lost: Open makes a new one with every unfinished job. A store that cannot be
// opened is moved aside.
//
// # Claims
//
// A worker takes an id from the list, which grants it a lease, and claims the job, which
// raises the epoch in the record by one. It writes results only while the record has its
// epoch, so a worker that was frozen and replaced cannot finish the job of another.
// Acknowledgements, which NATS accepts from anybody, come after that and decide nothing.
// The lease is extended only while the job reports progress; a job that hangs is taken from
// its worker.
//
// # Failures
//
// A job that fails by itself is not tried again: it would fail again. A job that ends the
// whole process or hangs would do so again and again. So attempts in a row are counted
// until the job has kept something new on the disk (Progress.Kept). A lost lease counts
// one. So does a death of the process that left a crash report, or after which Linux has
// counted one more process that it killed for lack of memory (CatchCrashes). A death
// without a sign counts a hundredth, because anybody may kill a process. Jobs that died
// together share the count. After MaxAttempts of these, a job has failed.
//
// # Pausing
//
// A paused job has saved and is off the list until it is resumed. It needs no worker, and
// stays paused when the process ends.
//
// # Reproducibility
//
// A kind continues from its own checkpoint in files/, with the same bits as an
// uninterrupted run on the same machine. If the process is killed between the end of a
// kind's run and its record, that work is done again, with the same bits.
//
// # On a cluster
//
// With Options.Cluster, records, events and files are on a NATS cluster (package cluster), and
// every process that uses it has a queue of its own: one Opens it and submits, workers
// Assist. All follow the same records and change them by compare-and-set, by the same rules,
// so that jobs are lent and taken back whoever is there. Record, events and files are behind
// three small interfaces, keeper, events and shelf, with an implementation for the folder
// and one for the cluster; all else is the same code. A waiting job is lent when what it
// needs has been sent (supply); its files are lists of blobs, which a record names; and the
// process that submits copies them to its state folder (copies).
//
// # More than one machine
//
// Workers on other machines (package worker) Join the queue and are lent jobs. Without a
// cluster, the queue's process alone has the list and the records, so there is one truth: a
// lent job runs in the record, with the worker's name and the claim's epoch, and everything
// that a worker sends counts only while both are the last claim's. Lend describes a job by
// the hashes of the files that it needs (Kind.Inputs), which Fetch opens; Send and Save take
// what it writes; Beat reports, and learns of pauses; Return ends the attempt.
//
// A worker that is silent for Options.Contact loses its job to others, and cannot finish it
// any more. After a restart of the queue, lent jobs stay with their workers, which have as
// long to report again.
//
// A job that fails on a worker is tried once more, on another if there is one, since the
// machine may be to blame. One on which three jobs in a row fail that do not fail elsewhere
// gets none for a while.
//
// Machine.Bits names what decides the bits of results. A job that has kept something goes
// to a machine with the same, if there is one; if not, its record lists both. Bits also name
// the precisions that a machine has; a job in another one is not lent to it.
package jobs
