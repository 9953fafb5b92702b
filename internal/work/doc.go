// Package work is the floor of verbs: what a command, an HTTP request or a call of the
// library does, reported as events.
//
// Train learns from pairs, and styles from pictures; translate and stylize use what was
// learnt, bulk translates what is too much for one folder, eval measures it, and study asks people. Experiment makes the papers' tables
// and figures anew, demo shows it all, bench says how fast. Pull fetches what others
// publish; site writes a model as a web site. Jobs makes work durable; page has the
// parts of the pages that verbs write.
//
// Every verb is a struct of options with defaults and one check, and a function that takes
// a context and reports events. Nothing here prints, exits or reads flags. The floor
// imports all floors below and, of other modules, those that reports and queues need.
package work
