// Package worker does a job queue's work on another machine.
//
// Call Run with a Host, which is a jobs.Queue itself or one that is reached over a network,
// the kinds of jobs, and a folder. It joins, takes one job after the other and returns
// what they made, until its context ends: then the job saves, goes back, and the worker
// leaves.
//
// # Files
//
// A job runs in a folder of its own here. Inputs are fetched by their SHA-256 into a cache
// and appear under their own names; what an earlier worker has kept of the job is fetched,
// too. What the job writes is sent as it keeps it (jobs.Progress.Kept), at most every
// SaveEvery, from a copy of the moment, while the job goes on. So a killed worker's job
// continues elsewhere from its last checkpoint.
//
// Paths in options, results and text files are those of the queue's machine wherever that
// can see them, and this machine's here: see paths.
//
// # When the network fails
//
// The job goes on while the host is out of reach, for Patience, and is returned after that.
// If the host has given it to another worker by then, it says so, and this one drops it:
// whose claim is the last is decided by the host alone.
package worker
